/** Whether a segment that was let through keeps what the guards promise: looked at by dense samples of its own, with none of the guards' arithmetic. */
import type { Situation } from "../../../../runtime/core/guarding.ts";
import type { JointCommand, Segment } from "../../../../runtime/core/motion.ts";
import type { JointSpec } from "../../../../runtime/core/robot.ts";
import { boundsOf, isEndless, sampleSegment, segmentDurationS, segmentDurationSMax } from "../../../../runtime/core/segment.ts";
import { distanceM } from "../../../../runtime/core/vec3.ts";
import { outsideM, type Workspace } from "../../../../runtime/core/workspace.ts";
import type { KeepOut } from "../../../../runtime/guard/keep-out.ts";
import { insideLinks, insideTool, tooNear } from "./judge-places.ts";
import type { OwnArm } from "./own-arm.ts";

export interface Promises extends OwnArm {
  readonly joints: readonly JointSpec[];
  readonly workspace: Workspace;
  readonly keepOut: readonly KeepOut[];
  readonly maxToolSpeedMPerS: number;
  readonly payloadKg: number;
}

/** So that they fall between the instants that guards look at. */
const SAMPLES = 38;
/** Links and drives are looked at every so many samples, 21 ms: many points, each as slow as the arm. */
const EACH_LOOK = 2;
/** Of a bound. */
const ROUNDING = 1e-4;
const ROUNDING_M = 1e-5;
const START_RAD = 1e-5;

/** In words, or null. */
export function brokenPromise(segment: Segment, { commanded }: Situation, promises: Promises): string | null {
  const durationS = segmentDurationS(segment);
  if (!(durationS > 0 && durationS <= segmentDurationSMax)) return `takes ${durationS} s`;
  const samples = Array.from({ length: SAMPLES + 1 }, (_, i) => sampleSegment(segment, (durationS * i) / SAMPLES));
  const jump = samples[0]!.positionRad.findIndex((value, joint) => !(Math.abs(value - commanded.positionRad[joint]!) <= START_RAD));
  if (jump >= 0) return `joint ${jump} leaps`;
  const looks = samples.filter((_, i) => i % EACH_LOOK === 0);
  return (
    beyondJoints(samples, durationS / SAMPLES, promises.joints) ??
    beyondTool(samples, durationS / SAMPLES, promises) ??
    beyondDrives(looks, promises) ??
    insideLinks(looks, promises) ??
    tooNear(looks, promises)
  );
}

const ORDERS = ["position", "velocity", "acceleration", "jerk"] as const;

/** Jerk is judged by differences of acceleration, which by the mean value theorem never exceed its peak. */
function beyondJoints(samples: readonly JointCommand[], stepS: number, joints: readonly JointSpec[]): string | null {
  for (const [i, sample] of samples.entries()) {
    const before = samples[Math.max(0, i - 1)]!.accelerationRadPerS2;
    const jerk = sample.accelerationRadPerS2.map((value, joint) => (value - before[joint]!) / stepS);
    const values = [sample.positionRad, sample.velocityRadPerS, sample.accelerationRadPerS2, jerk];
    for (const [order, all] of values.entries()) {
      const joint = joints.findIndex((spec, at) => !isEndless(spec, order) && !isWithin(all[at]!, boundsOf(spec, order)));
      if (joint >= 0) return `joint ${joint}, sample ${i}: ${ORDERS[order]} ${all[joint]}`;
    }
  }
  return null;
}

function beyondTool(samples: readonly JointCommand[], stepS: number, promises: Promises): string | null {
  const { workspace, maxToolSpeedMPerS } = promises;
  const tool = samples.map(({ positionRad }) => promises.toolAt(positionRad));
  const speed = tool.findIndex((at, i) => i > 0 && !(distanceM(at, tool[i - 1]!) / stepS <= maxToolSpeedMPerS * 1.01));
  if (speed >= 0) return `the tool goes faster than ${maxToolSpeedMPerS} m/s at sample ${speed}`;
  const [first, last] = [tool[0]!, tool.at(-1)!];
  const out = outsideM(last, wider(workspace));
  // From outside it may come back, and rest where it can.
  if (out && !outsideM(first, wider(workspace))) return `rests with the tool outside along ${out.axis}: ${last.join(", ")} m`;
  return insideTool(tool, promises.keepOut);
}

/** A guard looks at instants 20 ms apart: a drive may have to give so much more between two of them, as a share of what it can. */
const DRIVE_BETWEEN = 0.01;

function beyondDrives(looks: readonly JointCommand[], { joints, torqueNm, payloadKg }: Promises): string | null {
  for (const [look, motion] of looks.entries()) {
    const asked = torqueNm(motion, payloadKg);
    const joint = joints.findIndex(({ torqueMaxNm }, i) => !(asked[i]! <= torqueMaxNm * (1 + DRIVE_BETWEEN)));
    if (joint >= 0) return `joint ${joint} would need ${asked[joint]} N m at look ${look}, has ${joints[joint]!.torqueMaxNm} N m`;
  }
  return null;
}

const isWithin = (value: number, [min, max]: readonly [number, number]): boolean => {
  const slack = ROUNDING * (max - min);
  return value >= min - slack && value <= max + slack;
};

/** By what single precision and a search for the allowed step round. */
const wider = ({ minM, maxM, ...table }: Workspace): Workspace => ({
  ...table,
  minM: [minM[0] - ROUNDING_M, minM[1] - ROUNDING_M, minM[2] - ROUNDING_M],
  maxM: [maxM[0] + ROUNDING_M, maxM[1] + ROUNDING_M, maxM[2] + ROUNDING_M],
  tableZM: table.tableZM - ROUNDING_M,
});
