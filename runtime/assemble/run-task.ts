/** Runs a task under its supervisor: carries out its intents, lets the agent decide, and tells the supervisor what happened. */
import { type AgentParts, decisions, type Oversight } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Instant } from "../core/instant.ts";
import type { Robot } from "../core/robot.ts";
import type { Observation, Sample } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import type { SenseOptions } from "../sense/sense-item.ts";
import type { Intent, Supervisor } from "../supervise/supervisor-types.ts";
import type { GoalSpec } from "../supervise/task-tree.ts";
import type { OpenedRobot } from "./opened-robot.ts";
import { wireSenses } from "./wire-senses.ts";

/** The agent's parts for one skill and goal, all but what the run itself brings. */
export type SkillParts = Omit<AgentParts, "robot" | "clock" | "stopwatch" | "pace" | "oversight">;

export interface TaskRunOptions {
  readonly opened: OpenedRobot;
  readonly supervisor: Supervisor;
  readonly senses: SenseOptions;
  readonly stopwatch: Clock;
  /** Opens solver and goal of a skill; disposing them is the caller's business. */
  readonly prepare: (skill: string, goal: GoalSpec, observation: Observation | null, signal: AbortSignal) => Promise<SkillParts>;
  /** Taps: they look and change nothing. */
  readonly onTick?: (tick: Tick) => void;
  /** An attempt of a skill has made its last decision. */
  readonly onAttemptOver?: () => void;
  readonly onSample?: (sample: Sample) => void;
  readonly onInstant?: (instant: Instant) => void;
  /** After a stop, at rest: what else must be done before it is told. */
  readonly afterStop?: () => Promise<void>;
  /** Aborting it is an operator's stop. */
  readonly signal: AbortSignal;
  /** with-task (default): starts the task and ends with it. when-told: waits for commands, also between tasks and after faults, until the signal aborts. */
  readonly ends?: "with-task" | "when-told";
}

export interface TaskResult {
  readonly result: "succeeded" | "failed" | "stopped";
  readonly reason: string;
}

type StartIntent = Extract<Intent, { type: "start-skill" | "retry" }>;

/** How long the arm may take to come to rest at the end, milliseconds. */
const LAST_STOP_MS_MAX = 2000;

/** Resolves when the task has ended and the arm is at rest. Bugs throw; everything else is the supervisor's to decide. */
export async function runTask(options: TaskRunOptions): Promise<TaskResult> {
  const { opened, supervisor, senses, signal, ends = "with-task" } = options;
  const { robot, clock } = opened;
  const mail = createMailbox(robot, supervisor, options.afterStop ?? (async () => {}));
  const onFault = (error: AgentError): void => void supervisor.fault(error);
  using wired = wireSenses({
    robot,
    clock,
    pace: opened.pace,
    senses,
    begins: "at-once",
    onFault,
    robotTellsAll: opened.tellsSenseFaults,
    onSample: options.onSample,
  });
  const { pace, newest } = wired;
  const onAbort = (): void => {
    supervisor.command("stop");
    mail.wake(); // An agent that has stopped already is told nothing new, and the run ends all the same.
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    supervisor.booted();
    if (ends === "with-task") supervisor.command("start");
    if (signal.aborted) onAbort();
    const isOver = (): boolean => (ends === "with-task" ? mail.result !== null : signal.aborted && hasStopped(supervisor));
    while (!isOver()) {
      const intent = mail.take();
      if (intent) await actOn(intent, options, pace, newest);
      else if (opened.mode === "realtime") await mail.arrival();
      else await (pace.rest ?? pace.idle)(signal); // A world that waits goes on only when it is told to: a task may wait too.
    }
    return mail.result ?? { result: "stopped", reason: supervisor.state.reason };
  } finally {
    signal.removeEventListener("abort", onAbort);
    await Promise.race([robot.stop("task ended").catch(() => {}), options.stopwatch.sleep(LAST_STOP_MS_MAX)]); // A lost robot is stopped by its keeper.
  }
}

const hasStopped = ({ state: { agent } }: Supervisor): boolean => agent === "stopped" || agent === "faulted";

/** One attempt of one skill: prepare, then decide until the supervisor says otherwise. */
async function actOn(
  intent: StartIntent,
  options: TaskRunOptions,
  pace: AgentParts["pace"],
  newest: () => Observation | null,
): Promise<void> {
  const { opened, supervisor, stopwatch, signal } = options;
  const parts = await prepare(intent, options, pace, newest);
  if (parts === null) return;
  pace.prepared?.();
  options.onInstant?.({ kind: "prepared", atNs: opened.clock.nowNs() });
  supervisor.prepared(intent.path);
  const oversight = overseeing(supervisor, intent.path);
  const agent: AgentParts = {
    ...parts,
    robot: opened.robot,
    clock: opened.clock,
    stopwatch,
    pace,
    oversight,
    onInstant: options.onInstant,
  };
  using until = untilUnwanted(supervisor, signal, () => oversight.permit() !== "end");
  try {
    for await (const tick of decisions(agent, until.signal)) options.onTick?.(tick);
    options.onAttemptOver?.();
  } catch (error) {
    supervisor.fault(error); // A bug: the supervisor stops the arm before it is told on.
    throw error;
  }
}

/** Prepares the skill, again after a fault that holds or is ignored; null when the supervisor wants something else. */
async function prepare(
  { skill, goal, path }: StartIntent,
  options: TaskRunOptions,
  pace: AgentParts["pace"],
  newest: () => Observation | null,
): Promise<SkillParts | null> {
  const { supervisor, signal } = options;
  const isWanted = (): boolean => supervisor.state.agent === "running" && supervisor.state.skills.some((each) => each.path === path);
  using until = untilUnwanted(supervisor, signal, () => isWanted() || supervisor.state.agent === "holding");
  // Bounded by the supervisor: it ends a hold, and a row of ignored faults, after their own maxima.
  for (;;) {
    try {
      return await options.prepare(skill, goal, newest(), until.signal);
    } catch (error) {
      if (until.signal.aborted) return null;
      const { reaction } = supervisor.fault(error);
      if (!(error instanceof AgentError)) throw error;
      if (reaction === "stop" || (reaction === "retry" && supervisor.state.agent === "running")) return null;
    }
    do {
      await pace.idle(signal);
      if (await pace.next(signal)) supervisor.healthy();
    } while (supervisor.state.agent === "holding" && !signal.aborted);
    if (!isWanted()) return null;
  }
}

/** Aborts with the run's signal, or when the supervisor wants something else: whatever model is being asked then, nobody waits for its answer any more. */
function untilUnwanted(
  supervisor: Supervisor,
  signal: AbortSignal,
  isWanted: () => boolean,
): Disposable & { readonly signal: AbortSignal } {
  const unwanted = new AbortController();
  const watch = supervisor.states.subscribe(() => {
    if (!isWanted()) unwanted.abort();
  });
  return { signal: AbortSignal.any([signal, unwanted.signal]), [Symbol.dispose]: () => watch.unsubscribe() };
}

/** The supervisor as the loop sees it: may the skill at this path act now? */
function overseeing(supervisor: Supervisor, path: string): Oversight {
  return {
    permit() {
      const { agent, skills, mayAct } = supervisor.state;
      if (agent === "holding") return "hold";
      const mine = skills.find((skill) => skill.path === path);
      if (agent !== "running" || !mine) return "end";
      if (mine.state === "looking") return "look";
      return mayAct && mine.state !== "preparing" && mine.state !== "asking" ? "act" : "end";
    },
    looked: (measures) => void supervisor.decided(path, measures),
    decided: (tick) => void supervisor.decided(path, tick.decision.measures),
    healthy: () => supervisor.healthy(),
    fault: (error) => void supervisor.fault(error),
  };
}

/** Carries out at once what must not wait (stop, release), and keeps the starts of skills for the loop. */
function createMailbox(robot: Robot, supervisor: Supervisor, afterStop: () => Promise<void>) {
  const starts: StartIntent[] = [];
  let arrived: () => void = () => {};
  const wake = (): void => arrived();
  const mailbox = {
    wake,
    result: null as TaskResult | null,
    /** The next skill to start; null when none is wanted yet. */
    take: (): StartIntent | null => starts.pop() ?? null,
    /** Resolves when something came that was not there when it was asked. */
    arrival: (): Promise<void> => new Promise((resolve) => (arrived = resolve)),
  };
  supervisor.intents.subscribe((intent) => {
    if (intent.type === "start-skill" || intent.type === "retry") starts.splice(0, starts.length, intent); // One arm: only the newest counts.
    if (intent.type === "stop") void stopAndTell(robot, supervisor, intent.reason, afterStop);
    if (intent.type === "release") void robot.resume().catch((error: unknown) => supervisor.fault(error));
    if (intent.type === "finish") mailbox.result = { result: intent.result, reason: intent.reason };
    wake();
  });
  supervisor.states.subscribe((state) => {
    // An operator's stop before any skill began, or a fault: there is no task left to finish.
    if (state.agent === "stopped" || state.agent === "faulted") mailbox.result ??= { result: "stopped", reason: state.reason };
    wake();
  });
  return mailbox;
}

async function stopAndTell(robot: Robot, supervisor: Supervisor, reason: string, afterStop: () => Promise<void>): Promise<void> {
  try {
    await robot.stop(reason);
    await afterStop();
    supervisor.atRest();
  } catch (error) {
    supervisor.fault(error); // No rest was reported: the supervisor's own bound makes it `faulted`.
  }
}
