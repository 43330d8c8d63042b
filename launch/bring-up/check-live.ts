/** `foresight check --live`: is the arm that answers the one that the launch file describes? Looks, compares, moves nothing. */
import { join } from "node:path";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { lookedAt } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { openRobot } from "../compose.ts";
import { type ExpectedViews, expectedViews } from "./expected-view.ts";
import { type Finding, wrong } from "./finding.ts";
import { fitView, judgeFit, writeOverlay } from "./view-check.ts";
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
  using views = await expectedViews(spec); // Before the robot: it keeps this process busy, and the keeper would take it for lost.
  const opened = await openRobot(lookedAt(config, "check --live"), spec, { periodS: model.spec.controlPeriodS });
  await using robot = opened.robot;
  const [watched, introduction] = await Promise.all([watchArm(robot, new SystemClock(), WATCH_S), opened.introduction?.() ?? []]);
  const measuredRad = watched.joints?.positionRad;
  return [
    ...jointFindings(spec, watched),
    ...introduction,
    ...((await opened.complaints?.()) ?? []),
    ...(measuredRad ? await viewFindings(views, config.cameras, measuredRad, watched, folder) : []),
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
  views: ExpectedViews,
  cameras: readonly CameraSpec[],
  armRad: Float64Array,
  watched: Watched,
  folder: string,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const camera of cameras) {
    const subject = `camera "${camera.name}"`;
    const seen = watched.frames.get(camera.name);
    if (!seen) {
      findings.push({ subject, verdict: "wrong", found: `sent no picture within ${WATCH_S} s` });
      continue;
    }
    const expected = views.of(camera, armRad);
    const path = join(folder, `${camera.name}-overlay.png`);
    await writeOverlay(path, expected, seen.newest);
    const { fits, text } = judgeFit(fitView(expected, seen.newest));
    findings.push({ subject, verdict: fits ? "ok" : "wrong", found: `${seen.rateHz.toFixed(1)} Hz; ${text}; ${path}` });
  }
  return findings;
}
