/** Opens an arm behind ROS 2: its node lives in the keeper process, so that ROS and the agent can end without each other. */
import type { Observable } from "rxjs";
import { forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { realtimePace } from "../../../runtime/assemble/pace.ts";
import { trialWorld } from "../../../runtime/assemble/trial-world.ts";
import { checkAddon } from "../../../runtime/bridge/ros2/addon.ts";
import { rosNames } from "../../../runtime/bridge/ros2/arm/names.ts";
import { readRosEnvironment } from "../../../runtime/bridge/ros2/environment.ts";
import { ANSWER_MS_MAX, type OneTime } from "../../../runtime/bridge/ros2/one-time.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import { type Finding, wrong } from "../../bring-up/finding.ts";
import { type CameraInfos, cameraFindings, limitFindings } from "../../bring-up/introduction.ts";
import { inShadow } from "../in-shadow.ts";
import type { OpenedRobot, OpenRequest } from "../opened.ts";
import type { RosKeeperConfig } from "./keeper.ts";
import type { Ros2Section } from "./schema.ts";

/** Beyond connectTimeoutMs: for Node, rclnodejs and the robot's model to load. */
const START_MS_MAX = 60_000;
/** An episode's reset asks the world twice and waits for its pictures twice. */
const WAITS_OF_A_RESET = 4;

/** Throws `bridge.missing` that says what to source, install or build; `bridge.timeout` naming what did not come. */
export async function openRos2(section: Ros2Section, { spec, cameras, periodS, effectMs }: OpenRequest): Promise<OpenedRobot> {
  checkAddon(readRosEnvironment(process.env));
  const clock = new SystemClock();
  const { kind: _, ...backend } = section;
  const objects = Object.keys(section.evaluation?.scene.objects ?? {});
  const keeperConfig: RosKeeperConfig = { robot: spec, cameras, backend, objects };
  const entry = moduleUrl("./keeper.ts", import.meta.url);
  const keeper = await forkKeeper({ spec, entry, config: keeperConfig, readyTimeoutMs: backend.connectTimeoutMs + START_MS_MAX });
  const longestMs = Math.max(ANSWER_MS_MAX, backend.gripper?.timeoutMs ?? 0, WAITS_OF_A_RESET * (backend.evaluation?.timeoutMs ?? 0));
  const askMsMax = longestMs + 5000;
  const ask = (name: string, payload?: unknown) => keeper.ask(name, payload, askMsMax);
  const robot = backend.bringUp === "shadow" ? inShadow(keeper) : keeper;
  const pace = (observations: Observable<Observation>) => realtimePace({ observations, clock, periodMs: periodS * 1e3, effectMs });
  const names = rosNames(spec, backend);
  const introduction = async (): Promise<readonly Finding[]> => {
    const [description, infos] = await Promise.all([ask("description"), ask("camera-infos")]);
    return [...limitFindings(spec.joints, names, description as OneTime<string>), ...cameraFindings(infos as CameraInfos)];
  };
  const complaints = async (): Promise<readonly Finding[]> => {
    const { warnings, forbids } = (await ask("status")) as { readonly warnings: readonly string[]; readonly forbids: string | null }; // Our own keeper's answer over a private channel.
    return [...warnings.map((found) => wrong("warning", found)), ...(forbids === null ? [] : [wrong("safety", forbids)])];
  };
  return {
    robot,
    keeper,
    clock,
    mode: "realtime",
    pace,
    ask,
    world: backend.evaluation ? trialWorld(ask) : null,
    introduction,
    complaints,
  };
}
