/** Foxglove as a tap: what the launch file and the robot say becomes the server's facts, parameters and assets. */
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { RobotFolder } from "../../runtime/bridge/foxglove/assets.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { Blueprint } from "../blueprint.ts";
import type { LaunchConfig } from "../config/schema.ts";
import type { FoxgloveSection } from "../config/schema-foxglove.ts";
import { urgentTasks } from "../task-facts.ts";
import { runFacts } from "./run-facts.ts";
import type { Party, RunIo, RunReport } from "./words.ts";

/** Throws AgentError of the bridge; its packages are loaded only now. */
export async function openFoxgloveTap(
  blueprint: Blueprint,
  section: FoxgloveSection,
  mode: RunReport["mode"],
  { desk, clock, ends }: Party,
  { say }: Pick<RunIo, "say">,
): Promise<Tap> {
  const { openFoxgloveBridge } = await import("../../runtime/bridge/foxglove/bridge.ts");
  const { config, spec } = blueprint;
  const { maxObservationAgeMs, maxPlanAgeMs, maxToolSpeedMPerS, payloadKg } = config.guards;
  return openFoxgloveBridge({
    config: section,
    desk,
    clock,
    urgent: urgentTasks(config).map(({ name }) => name),
    run: runFacts(blueprint, mode, ends),
    limits: { maxObservationAgeMs, maxPlanAgeMs, maxToolSpeedMPerS, payloadKg },
    facts: factsOf(config),
    folder: robotFolder(config, spec),
    sessionId: randomUUID(),
    stopwatch: new SystemClock(),
    say: (text) => say(`foxglove: ${text}`),
  });
}

/** Where the arm's own file is: meshes lie beside it, and not beside what we write of it. */
export const robotFolder = ({ robot }: LaunchConfig, { name, modelPath }: RobotSpec): RobotFolder => ({
  robot: name,
  path: dirname(typeof robot === "string" ? modelPath : robot.file),
});

/** What of the launch file is safe to show, and worth it. */
const factsOf = ({ planner, guards, model, seed }: LaunchConfig) => ({
  "planner.policy": planner.policy,
  "planner.solver": planner.solver,
  "planner.samples": planner.samples,
  "planner.iterations": planner.iterations,
  "planner.horizon": planner.horizon,
  "planner.deadlineMs": planner.deadlineMs,
  "guards.velocityScale": guards.velocityScale,
  "guards.accelerationScale": guards.accelerationScale,
  "model.path": model.path,
  seed,
});
