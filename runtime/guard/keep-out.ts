/** Keeps the tool point out of boxes where fixtures, people or the base stand. */
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

export function keepOut(boxes: readonly KeepOutBox[]): Guard {
  return {
    name: "keep-out",
    check(segment, situation) {
      const entry = firstEntry(toolPath(segment, situation), boxes);
      if (!entry) return { kind: "pass", segment };
      const why = `tool would enter "${entry.box.name}" near ${formatM(entry.point.positionM)} at ${entry.point.tS.toFixed(2)} s; ${formatBox(entry.box)}`;
      const pulled = pullBack(segment, situation, (shorter) => firstEntry(shorter, boxes) === null);
      if (!pulled) return { kind: "stop", why: [`${why}; no shorter step stays out`] };
      return { kind: "clip", why: [`${why}; shortened to ${pulled.share} of the step`], segment: pulled.segment };
    },
  };
}

const formatBox = (box: KeepOutBox): string => `it spans ${formatM(box.minM)} to ${formatM(box.maxM)} with a margin of ${box.marginM} m`;

interface Entry {
  readonly box: KeepOutBox;
  readonly point: ToolPoint;
}

/** The first stretch of the path that touches a box; stretches, not points, so that a thin box cannot slip between two samples. */
function firstEntry(path: readonly ToolPoint[], boxes: readonly KeepOutBox[]): Entry | null {
  for (const [index, point] of path.entries()) {
    const before = path[Math.max(0, index - 1)]!;
    const box = boxes.find((candidate) => touches(before.positionM, point.positionM, candidate));
    if (box) return { box, point };
  }
  return null;
}

/** Whether the straight line between two points touches the box with its margin (slab test, Kay and Kajiya 1986); NaN counts as touching. */
function touches(from: Vec3, to: Vec3, box: KeepOutBox): boolean {
  if (![...from, ...to].every(Number.isFinite)) return true;
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
