/** Whether a segment that was let through keeps what the guards promise: looked at by dense samples of its own, with none of the guards' arithmetic. */
import type { Situation } from "../../../../runtime/core/guarding.ts";
import type { Segment } from "../../../../runtime/core/motion.ts";
import type { JointSpec } from "../../../../runtime/core/robot.ts";
import { boundsOf, isEndless, sampleSegment, segmentDurationS, segmentDurationSMax } from "../../../../runtime/core/segment.ts";
import { distanceM, type Vec3 } from "../../../../runtime/core/vec3.ts";
import { outsideM, type Workspace } from "../../../../runtime/core/workspace.ts";

export interface Promises {
  readonly joints: readonly JointSpec[];
  readonly workspace: Workspace;
  readonly maxToolSpeedMPerS: number;
  readonly toolAt: (positionRad: Float64Array) => Vec3;
}

const SAMPLES = 32;
/** Of a bound. */
const ROUNDING = 1e-4;
const ROUNDING_M = 1e-5;
const START_RAD = 1e-5;

/** In words, or null. */
export function brokenPromise(segment: Segment, { commanded }: Situation, promises: Promises): string | null {
  const { joints, workspace, toolAt, maxToolSpeedMPerS } = promises;
  const durationS = segmentDurationS(segment);
  if (!(durationS > 0 && durationS <= segmentDurationSMax)) return `takes ${durationS} s`;
  const samples = Array.from({ length: SAMPLES + 1 }, (_, i) => sampleSegment(segment, (durationS * i) / SAMPLES));
  const [start] = samples;
  const jump = start?.positionRad.findIndex((value, joint) => !(Math.abs(value - (commanded.positionRad[joint] as number)) <= START_RAD));
  if (jump !== undefined && jump >= 0) return `joint ${jump} leaps`;
  for (const [i, sample] of samples.entries()) {
    const values = [sample.positionRad, sample.velocityRadPerS, sample.accelerationRadPerS2];
    for (const [order, all] of values.entries()) {
      const joint = joints.findIndex((spec, at) => !isEndless(spec, order) && !isWithin(all[at] as number, boundsOf(spec, order)));
      if (joint >= 0) return `joint ${joint}, sample ${i}: ${["position", "velocity", "acceleration"][order]} ${all[joint]}`;
    }
  }
  const tool = samples.map(({ positionRad }) => toolAt(positionRad));
  const speed = tool.findIndex(
    (at, i) => i > 0 && !(distanceM(at, tool[i - 1] as Vec3) / (durationS / SAMPLES) <= maxToolSpeedMPerS * 1.01),
  );
  if (speed >= 0) return `the tool goes faster than ${maxToolSpeedMPerS} m/s at sample ${speed}`;
  const [first, last] = [tool[0] as Vec3, tool.at(-1) as Vec3];
  const out = outsideM(last, wider(workspace));
  // From outside it may come back, and rest where it can.
  if (out && !outsideM(first, wider(workspace))) return `rests with the tool outside along ${out.axis}: ${last.join(", ")} m`;
  return null;
}

/** By what single precision and a search for the allowed step round. */
const wider = ({ minM, maxM, ...table }: Workspace): Workspace => ({
  ...table,
  minM: [minM[0] - ROUNDING_M, minM[1] - ROUNDING_M, minM[2] - ROUNDING_M],
  maxM: [maxM[0] + ROUNDING_M, maxM[1] + ROUNDING_M, maxM[2] + ROUNDING_M],
  tableZM: table.tableZM - ROUNDING_M,
});

const isWithin = (value: number, [min, max]: readonly [number, number]): boolean => {
  const slack = ROUNDING * (max - min);
  return value >= min - slack && value <= max + slack;
};
