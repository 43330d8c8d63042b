/** `foresight run` with an arm behind ROS 2: the agent as a managed node. It configures itself, or a lifecycle manager does. */
import { createLifecycle, type Lifecycle, type LifecycleHandlers } from "../../../runtime/bridge/ros2/lifecycle.ts";
import { advertiseTransitions, serveLifecycle } from "../../../runtime/bridge/ros2/lifecycle-services.ts";
import { openRosNode } from "../../../runtime/bridge/ros2/node.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { OperatorCommand, SupervisorState } from "../../../runtime/core/supervision.ts";
import type { Blueprint } from "../../blueprint.ts";
import type { OpenTap, Party, Run, RunIo, RunReport } from "../../run/words.ts";
import { type AgentNode, openAgentNode } from "./agent-node.ts";
import { DECISIONS_OF_A_RUNG, ladderOf } from "./ladder.ts";
import type { Ros2Section } from "./schema.ts";

/** Commands that let the arm move. */
const NEED_ACTIVE: ReadonlySet<OperatorCommand> = new Set(["start", "resume", "restart-skill", "confirm"]);
const REST_MS_MAX = 3000;
const LAST_WORDS_MS = 100;
const clock = new SystemClock();

export interface RosRun {
  readonly blueprint: Blueprint;
  readonly section: Ros2Section;
  readonly io: RunIo;
  /** How an agent is run. */
  readonly run: Run;
}

/** Until its task has ended (`auto`), or until it is shut down by signal or manager. */
export async function runOverRos({ blueprint, section: backend, io, run }: RosRun): Promise<RunReport> {
  const warn = (text: string): void => io.say(`ROS 2: ${text}`);
  const { bringUp: rung } = backend;
  if (rung === "jog")
    throw new AgentError("launch.invalid", 'backend.bringUp "jog": run decides by itself where to go; use foresight jog LAUNCH');
  const ladder = ladderOf(blueprint.config.robot, backend);
  ladder.check(rung);
  await using ros = await openRosNode({ config: backend.node, warn });
  const session = createSession(
    ({ tap, ...each }) => run(blueprint, { ...io, ...each, taps: [...(io.taps ?? []), tap] }),
    warn,
    (command) => refuses(command),
  );
  const lifecycle: Lifecycle = createLifecycle(session.handlers, advertiseTransitions(ros));
  const refuses = (command: OperatorCommand): string | null =>
    NEED_ACTIVE.has(command) && lifecycle.state.label !== "active" ? `the node is ${lifecycle.state.label}; activate it first` : null;
  session.node = openAgentNode({ ros, blueprint, backend, clock, lifecycle: () => lifecycle.state.label, warn });
  serveLifecycle(ros, lifecycle);
  if (backend.lifecycle !== "managed") await configureItself(lifecycle, session);
  const shutdown = (): void => void lifecycle.change({ id: 0, label: "shutdown" });
  if (io.signal.aborted) shutdown();
  else io.signal.addEventListener("abort", shutdown, { once: true });
  if (backend.lifecycle === "auto") session.startAndEnd(shutdown);
  else io.say(`ROS 2: waits for ${backend.lifecycle === "managed" ? "a lifecycle manager" : "~/start or ~/run_skill"}`);
  const report = await session.ended;
  if (report.decisions >= DECISIONS_OF_A_RUNG && session.stopCount === 0) ladder.done(rung);
  await clock.sleep(LAST_WORDS_MS); // For the answer to whoever asked for the shutdown.
  return report;
}

async function configureItself(lifecycle: Lifecycle, session: Session): Promise<void> {
  for (const label of ["configure", "activate"] as const) {
    if (await lifecycle.change({ id: 0, label })) continue;
    throw session.failure ?? new AgentError("bridge.failed", `ROS 2: the node could not ${label}`);
  }
}

type Session = ReturnType<typeof createSession>;

/** One run after the other: configure opens it, cleanup ends it, activate and deactivate say whether it may move. */
function createSession(
  runWith: (io: Pick<RunIo, "signal" | "ends"> & { readonly tap: OpenTap }) => Promise<RunReport>,
  warn: (text: string) => void,
  refuses: (command: OperatorCommand) => string | null,
) {
  let party: Party | null = null;
  let running: { readonly leaving: AbortController; readonly report: Promise<RunReport> } | null = null;
  let lastReport: RunReport | null = null;
  let end: (report: RunReport) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<RunReport>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  ended.catch(() => {}); // Whoever waits for it hears of it.
  const session = {
    node: null as AgentNode | null,
    /** Why configuring failed. */
    failure: null as unknown,
    /** Faults that stopped the arm for good: a hold is everyday life. */
    stopCount: 0,
    ended,
    handlers: {} as LifecycleHandlers,
    startAndEnd(shutdown: () => void): void {
      party?.supervisor.states.subscribe(({ agent, task }) => {
        const isOver = agent === "stopped" || agent === "faulted" || (agent === "idle" && task !== "none");
        if (isOver) queueMicrotask(shutdown);
      });
      party?.desk.command("ros", "start");
    },
  };
  const open = async (): Promise<"success" | "failure"> => {
    const leaving = new AbortController();
    const opened = new Promise<Party>((resolve, reject) => {
      const tap: OpenTap = (joined) => {
        joined.desk.veto(refuses);
        queueMicrotask(() => resolve(joined)); // Whoever waits for it may command, and the run is not listening yet.
        return session.node?.join(joined) ?? { name: "ROS 2" };
      };
      const report = runWith({ signal: leaving.signal, tap, ends: "when-told" });
      running = { leaving, report };
      report.catch(reject);
    });
    try {
      party = await opened;
      running?.report.catch(fail); // Opened, and then a bug or a lost robot: the process ends with it.
    } catch (error) {
      running = null;
      session.failure = error;
      warn(`configuring failed: ${(error as Error).message}`);
      if (!(error instanceof AgentError)) throw error;
      return "failure";
    }
    sayHolds(party, warn);
    party.supervisor.faults.subscribe(({ decision }) => {
      if (decision.reaction === "stop") session.stopCount++;
    });
    await states(party, ({ agent }) => agent === "idle"); // Booted.
    return "success";
  };
  const close = async (): Promise<"success"> => {
    session.node?.leave();
    running?.leaving.abort(new AgentError("stop.operator", "the node is cleaned up"));
    lastReport = (await running?.report) ?? lastReport;
    running = null;
    party = null;
    return "success";
  };
  session.handlers = {
    configure: open,
    cleanup: close,
    activate: async () => (party?.supervisor.state.agent === "faulted" ? "failure" : "success"),
    async deactivate() {
      if (!party) return "success";
      const { supervisor, desk } = party;
      if (supervisor.state.agent === "faulted") return "success"; // At rest, and it stays faulted: a manager does not forgive faults.
      desk.command("ros", "stop");
      if (!(await states(party, ({ agent }) => agent === "stopped"))) return "error";
      desk.command("ros", "reset");
      return "success";
    },
    async shutdown() {
      await close();
      if (lastReport) end(lastReport);
      else fail(session.failure ?? new AgentError("stop.operator", "the node was shut down before it was configured"));
      return "success";
    },
    error: close,
  };
  return session;
}

/** A person must know why the arm rests, and what to do. */
function sayHolds({ supervisor }: Party, say: (text: string) => void): void {
  let said = "";
  supervisor.states.subscribe(({ agent, reason }) => {
    if (agent !== said && (agent === "holding" || agent === "faulted")) say(`${agent}: ${reason}`);
    said = agent;
  });
}

/** Whether a state came within a time. */
async function states({ supervisor }: Party, isIt: (state: SupervisorState) => boolean): Promise<boolean> {
  const waiting = new AbortController();
  const seen = new Promise<boolean>((resolve) => {
    const subscription = supervisor.states.subscribe((state) => {
      if (isIt(state)) resolve(true);
    });
    waiting.signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
  });
  const late = clock.sleep(REST_MS_MAX, waiting.signal).then(
    () => false,
    () => false,
  );
  const result = await Promise.race([seen, late]);
  waiting.abort();
  return result;
}
