/** `foresight run` with an arm behind ROS 2: the agent as a managed node. It configures itself, or a lifecycle manager does. */
import { createLifecycle, type Lifecycle } from "../../../runtime/bridge/ros2/lifecycle.ts";
import { advertiseTransitions, serveLifecycle } from "../../../runtime/bridge/ros2/lifecycle-services.ts";
import { openRosNode } from "../../../runtime/bridge/ros2/node.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { OperatorCommand } from "../../../runtime/core/supervision.ts";
import type { Blueprint } from "../../blueprint.ts";
import type { Run, RunIo, RunReport } from "../../run/words.ts";
import { openAgentNode } from "./agent-node.ts";
import { DECISIONS_OF_A_RUNG, ladderOf } from "./ladder.ts";
import type { Ros2Section } from "./schema.ts";
import { configureItself, createSession } from "./session.ts";

/** Commands that let the arm move. */
const NEED_ACTIVE: ReadonlySet<OperatorCommand> = new Set(["start", "resume", "restart-skill", "confirm"]);
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
  await using session = createSession(
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
