/** `foresight check --live`: is the arm that answers the one that the launch file describes? Looks, compares, moves nothing. */
import { join } from "node:path";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createRenderer } from "../../sim/camera/renderer.ts";
import { World } from "../../sim/world.ts";
import { onlyLooking } from "../backends/registry.ts";
import { ros2Section } from "../backends/ros2/backend.ts";
import type { Blueprint } from "../blueprint.ts";
import { openRobot } from "../compose.ts";
import { type Finding, wrong } from "./finding.ts";
import { CORRELATION_MIN, fitView, RESIDUAL_PX_MAX, type View, writeOverlay } from "./view-check.ts";
import { type Watched, watchArm } from "./watch-arm.ts";

const WATCH_S = 3;
/** The command stream and its checks need joints at least this often, hertz. */
const JOINTS_HZ_MIN = 50;

export interface LiveCheckOptions {
  readonly blueprint: Blueprint;
  /** For the overlays. */
  readonly folder: string;
}

export async function checkLive({ blueprint, folder }: LiveCheckOptions): Promise<readonly Finding[]> {
  const { config, spec, model } = blueprint;
  ros2Section(config, "check --live: looks at an arm behind ROS 2"); // Throws for any other.
  const opened = await openRobot(onlyLooking(config), spec, { periodS: model.spec.controlPeriodS });
  await using robot = opened.robot;
  const [watched, introduction] = await Promise.all([watchArm(robot, new SystemClock(), WATCH_S), opened.introduction?.() ?? []]);
  const { warnings = [], forbids = null } = (await opened.ask("status")) as { warnings?: readonly string[]; forbids?: string | null };
  const measuredRad = watched.joints?.positionRad;
  return [
    ...jointFindings(spec, watched),
    ...introduction,
    ...warnings.map((found) => wrong("warning", found)),
    ...(forbids === null ? [] : [wrong("safety", forbids)]),
    ...(measuredRad ? await viewFindings(spec, config.cameras, measuredRad, watched, folder) : []),
  ];
}

function jointFindings({ joints }: RobotSpec, { joints: newest, jointsHz }: Watched): readonly Finding[] {
  if (!newest) return [wrong("joints", "none was heard")];
  const outside = joints.filter(({ positionMinRad, positionMaxRad }, index) => {
    const at = newest.positionRad[index]!;
    return !(at >= positionMinRad && at <= positionMaxRad);
  });
  return [
    {
      subject: "joints",
      verdict: "ok",
      found: `${joints.length} of ${joints.length} by name, at ${[...newest.positionRad].map((value) => value.toFixed(3)).join(", ")} rad`,
    },
    {
      subject: "joint rate",
      verdict: jointsHz >= JOINTS_HZ_MIN ? "ok" : "wrong",
      found: `${jointsHz.toFixed(1)} Hz, must be at least ${JOINTS_HZ_MIN} Hz`,
    },
    ...outside.map(({ name, positionMinRad, positionMaxRad }) =>
      wrong(`joint "${name}"`, `stands outside [${positionMinRad}, ${positionMaxRad}] rad; degrees for radians, or another zero?`),
    ),
  ];
}

/** What each camera should see of the arm as it stands, against what it sees. */
async function viewFindings(
  spec: RobotSpec,
  cameras: readonly CameraSpec[],
  armRad: Float64Array,
  watched: Watched,
  folder: string,
): Promise<readonly Finding[]> {
  using world = await World.create(spec, { ...defaultScene, objects: {} });
  world.reset({ armRad });
  const renderer = createRenderer(world.model);
  const findings: Finding[] = [];
  for (const camera of cameras) {
    const subject = `camera "${camera.name}"`;
    const seen = watched.frames.get(camera.name);
    if (!seen) {
      findings.push({ subject, verdict: "wrong", found: `sent no picture within ${WATCH_S} s` });
      continue;
    }
    const { widthPx, heightPx } = camera;
    const expected: View = { widthPx, heightPx, rgb: renderer.render(world.data, camera) };
    const path = join(folder, `${camera.name}-overlay.png`);
    await writeOverlay(path, expected, seen.newest);
    const { residualPx, shiftPx, correlation } = fitView(expected, seen.newest);
    const ok = residualPx <= RESIDUAL_PX_MAX && correlation >= CORRELATION_MIN;
    const fit = `residual ${residualPx.toFixed(1)} px (right ${shiftPx[0]}, down ${shiftPx[1]}), at most ${RESIDUAL_PX_MAX} px; correlation ${correlation.toFixed(2)}, at least ${CORRELATION_MIN}`;
    findings.push({ subject, verdict: ok ? "ok" : "wrong", found: `${seen.rateHz.toFixed(1)} Hz; ${fit}; ${path}` });
  }
  return findings;
}
