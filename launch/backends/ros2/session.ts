/** One agent after the other under a node's lifecycle: configure opens it, cleanup ends it, activate and deactivate say whether it may move. */
import type { Lifecycle, LifecycleHandlers } from "../../../runtime/bridge/ros2/lifecycle.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { OperatorCommand, SupervisorState } from "../../../runtime/core/supervision.ts";
import type { OpenTap, Party, RunIo, RunReport } from "../../run/words.ts";
import type { AgentNode } from "./agent-node.ts";

/** As long as the arm may take to come to rest, and an agent to boot. */
const REST_MS_MAX = 3000;
const clock = new SystemClock();

/** Without a manager. Throws why the node cannot be configured, or not activated. */
export async function configureItself(lifecycle: Lifecycle, session: Session): Promise<void> {
  for (const label of ["configure", "activate"] as const) {
    if (await lifecycle.change({ id: 0, label })) continue;
    throw (
      session.failure ??
      new AgentError("bridge.failed", `ROS 2: the node could not ${label}; look at the line before, mend it and start again`)
    );
  }
}

export type Session = ReturnType<typeof createSession>;

/** Disposing it ends the run that is open, whatever opened it has come to. */
export function createSession(
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
    /** Why configuring or activating failed. */
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
    async [Symbol.asyncDispose](): Promise<void> {
      await close().catch(() => {}); // Whoever waits for `ended` heard why.
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
    await states(party, ({ agent }) => agent !== "booting"); // Idle, or holding where another process was killed.
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
    async activate() {
      if (party?.supervisor.state.agent !== "faulted") return "success";
      session.failure = new AgentError(
        "bridge.failed",
        `ROS 2: the node cannot be activated: ${party.supervisor.state.reason}; mend that, reset, then activate it`,
      );
      return "failure";
    },
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
