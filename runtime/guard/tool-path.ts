/** Where a segment takes the tool point, and the same step pulled back until that path is clear. */

import type { Situation } from "../core/guarding.ts";
import type { Segment } from "../core/motion.ts";
import { sampleSegment, segmentDurationS } from "../core/segment.ts";
import type { Vec3 } from "../core/vec3.ts";
import { type Shortened, shortened } from "./allowed-step.ts";

/** The tool point at one time of a segment: base frame, metres. */
export interface ToolPoint {
  readonly tS: number;
  readonly positionM: Vec3;
}

const samplePeriodS = 0.01;
const sampleCountMax = 64;

/** Tool points along the segment, start and rest included, at most 10 ms apart. */
export function toolPath(segment: Segment, situation: Situation): readonly ToolPoint[] {
  const durationS = segmentDurationS(segment);
  const count = Math.min(sampleCountMax, Math.max(1, Math.ceil(durationS / samplePeriodS)));
  return Array.from({ length: count + 1 }, (_, i) => {
    const tS = (durationS * i) / count;
    return { tS, positionM: situation.toolAt(sampleSegment(segment, tS).positionRad) };
  });
}

/** The largest of a few shares of the step whose tool path is clear; null when none is. */
export const pullBack = (segment: Segment, situation: Situation, isClear: (path: readonly ToolPoint[]) => boolean): Shortened | null =>
  shortened(segment, situation, (shorter) => isClear(toolPath(shorter, situation)));

export const formatM = (point: Vec3): string => `(${point.map((value) => value.toFixed(3)).join(", ")}) m`;
