/** Opens an arm of Feetech servos: bus and driver live in the keeper process, which outlives the agent until the arm is at rest. */
import type { Observable } from "rxjs";
import { forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { realtimePace } from "../../../runtime/assemble/pace.ts";
import { trialWorld } from "../../../runtime/assemble/trial-world.ts";
import type { CameraSetup } from "../../../runtime/bridge/camera/open-cameras.ts";
import { loadSerialPackage } from "../../../runtime/bridge/feetech/serial-port.ts";
import { REST_MS_MAX } from "../../../runtime/bridge/servos/rest.ts";
import type { ServoArmConfig } from "../../../runtime/bridge/servos/servo-arm.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import type { CameraSpec, Observation } from "../../../runtime/core/sensing.ts";
import { inShadow } from "../in-shadow.ts";
import type { OpenedRobot, OpenRequest } from "../opened.ts";
import type { FeetechKeeperConfig } from "./keeper.ts";
import { readCalibration } from "./read-calibration.ts";
import type { FeetechSection } from "./schema.ts";

/** Beyond the time to rest, for the process to end. */
const LEAVE_MS = 5000;
/** A reset ends when the arm's readings agree. */
const ASK_MS_MAX = 15_000;

/** Throws `bridge.missing` with what to install, `bridge.failed` with the ports that are there, `bridge.timeout` and `bridge.mismatch` by servo. */
export async function openFeetech(section: FeetechSection, { spec, cameras, periodS, effectMs }: OpenRequest): Promise<OpenedRobot> {
  await loadSerialPackage();
  const clock = new SystemClock();
  const config: FeetechKeeperConfig = {
    robot: spec,
    port: section.port,
    answerMs: section.answerMs,
    arm: armConfig(section),
    cameras: cameraSetups(section, cameras),
    ...(section.evaluation ? { world: `${section.port}.world` } : {}),
  };
  const leaveMs = LEAVE_MS + (section.leave === "hold" ? 0 : REST_MS_MAX);
  const entry = moduleUrl("./keeper.ts", import.meta.url);
  const keeper = await forkKeeper({ spec, entry, config, leaveTimeoutMs: leaveMs, exitTimeoutMs: leaveMs });
  const pace = (observations: Observable<Observation>) => realtimePace({ observations, clock, periodMs: periodS * 1e3, effectMs });
  const ask = (name: string, payload?: unknown) => keeper.ask(name, payload, ASK_MS_MAX);
  const world = section.evaluation ? trialWorld(ask) : null;
  return { robot: section.moves ? keeper : inShadow(keeper), keeper, clock, mode: "realtime", pace, ask, world };
}

const armConfig = (section: FeetechSection): ServoArmConfig => ({
  calibration: readCalibration(section.calibration),
  rateHz: section.rateHz,
  leadMs: section.leadMs,
  leave: section.leave,
  moves: section.moves,
  limits: section.limits,
});

/** In the model's order; each is named in the section, which was checked. */
const cameraSetups = (section: FeetechSection, cameras: readonly CameraSpec[]): readonly CameraSetup[] =>
  cameras.flatMap((camera) => {
    const named = section.cameras[camera.name];
    if (!named) return [];
    const { latencyMs, ...source } = named;
    return [{ camera, source, latencyMs }];
  });
