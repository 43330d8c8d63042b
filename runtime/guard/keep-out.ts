/** Keeps the tool point out of boxes and balls where fixtures, people or the base stand. */
import type { Guard } from "../core/guarding.ts";
import type { Vec3 } from "../core/vec3.ts";
import { formatM, pullBack, type ToolPoint, toolPath } from "./tool-path.ts";

/** Base frame, metres. */
export interface KeepOutBox {
  readonly name: string;
  readonly minM: Vec3;
  readonly maxM: Vec3;
  /** The tool point stays this far away on every side. */
  readonly marginM: number;
}

/** Base frame, metres. */
export interface KeepOutBall {
  readonly name: string;
  readonly centreM: Vec3;
  readonly radiusM: number;
  readonly marginM: number;
}
export type KeepOut = KeepOutBox | KeepOutBall;

export function keepOut(boxes: readonly KeepOut[]): Guard {
  return {
    name: "keep-out",
    check(segment, situation) {
      if (boxes.length === 0) return { kind: "pass", segment };
      const entry = firstEntry(toolPath(segment, situation), boxes);
      if (!entry) return { kind: "pass", segment };
      const why = `tool would enter "${entry.box.name}" near ${formatM(entry.point.positionM)} at ${entry.point.tS.toFixed(2)} s; ${formatBox(entry.box)}`;
      const pulled = pullBack(segment, situation, (shorter) => firstEntry(shorter, boxes) === null);
      if (!pulled) return { kind: "stop", why: [`${why}; no shorter step stays out`] };
      return { kind: "clip", why: [`${why}; shortened to ${pulled.share} of the step`], segment: pulled.segment };
    },
  };
}

const formatBox = (box: KeepOut): string =>
  "radiusM" in box
    ? `it is ${box.radiusM} m around ${formatM(box.centreM)} with a margin of ${box.marginM} m`
    : `it spans ${formatM(box.minM)} to ${formatM(box.maxM)} with a margin of ${box.marginM} m`;

interface Entry {
  readonly box: KeepOut;
  readonly point: ToolPoint;
}

/** The first stretch of the path that touches a box; stretches, not points, so that a thin box cannot slip between two samples. */
function firstEntry(path: readonly ToolPoint[], boxes: readonly KeepOut[]): Entry | null {
  for (const [index, point] of path.entries()) {
    const before = path[Math.max(0, index - 1)]!;
    const box = boxes.find((candidate) => touches(before.positionM, point.positionM, candidate));
    if (box) return { box, point };
  }
  return null;
}

/** Whether the straight line between two points touches the box with its margin (slab test, Kay and Kajiya 1986); NaN counts as touching. */
function touches(from: Vec3, to: Vec3, box: KeepOut): boolean {
  if (![...from, ...to].every(Number.isFinite)) return true;
  if ("radiusM" in box) return passesBall(from, to, box);
  let enter = 0;
  let leave = 1;
  for (let axis = 0; axis < 3; axis++) {
    const min = box.minM[axis]! - box.marginM - from[axis]!;
    const max = box.maxM[axis]! + box.marginM - from[axis]!;
    const step = to[axis]! - from[axis]!;
    if (Math.abs(step) < 1e-12) {
      if (min > 0 || max < 0) return false;
      continue;
    }
    enter = Math.max(enter, Math.min(min / step, max / step));
    leave = Math.min(leave, Math.max(min / step, max / step));
  }
  return !(enter > leave);
}

/** Whether the line between two points comes nearer to the centre than radius and margin together. */
function passesBall(from: Vec3, to: Vec3, { centreM, radiusM, marginM }: KeepOutBall): boolean {
  const step = to.map((value, axis) => value - from[axis]!);
  const away = centreM.map((value, axis) => value - from[axis]!);
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, axis) => sum + value * b[axis]!, 0);
  const length = dot(step, step);
  const along = length > 0 ? Math.min(1, Math.max(0, dot(step, away) / length)) : 0;
  return !(Math.hypot(...away.map((value, axis) => value - along * step[axis]!)) > radiusM + marginM);
}
