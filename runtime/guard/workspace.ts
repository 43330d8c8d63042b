/** Keeps the tool point inside a box and above the table. */
import type { Guard } from "../core/guarding.ts";
import type { Vec3 } from "../core/vec3.ts";
import { type Workspace, workspaceBoxM } from "../core/workspace.ts";
import { formatM, pullBack, type ToolPoint, toolPath } from "./tool-path.ts";

const roundingM = 1e-6;
/** Of double precision. SAFETY: much less than a step, or many small ones would creep out. */
const noiseM = 1e-9;

/** A tool that starts outside (after a manual move) may move, but at no time further out than it started. */
export function workspace(options: Workspace): Guard {
  return {
    name: "workspace",
    check(segment, situation) {
      const path = toolPath(segment, situation);
      const leaving = firstLeaving(path, options);
      if (!leaving) return { kind: "pass", segment };
      const why = describe(leaving, options);
      const pulled = pullBack(segment, situation, (shorter) => firstLeaving(shorter, options) === null);
      if (!pulled) return { kind: "stop", why: [`${why}; no shorter step stays inside`] };
      return { kind: "clip", why: [`${why}; shortened to ${pulled.share} of the step`], segment: pulled.segment };
    },
  };
}

/** The first point further outside, in any direction, than the path's start is; a NaN counts as outside. */
function firstLeaving(path: readonly ToolPoint[], options: Workspace): ToolPoint | null {
  const allowed = depthsM(path[0]!.positionM, options).map((depth) => Math.max(roundingM, depth + noiseM));
  return path.find(({ positionM }) => depthsM(positionM, options).some((depth, side) => !(depth <= allowed[side]!))) ?? null;
}

/** How far outside each side of the box a point is, negative inside; shape (6). */
function depthsM(point: Vec3, options: Workspace): readonly number[] {
  const { minM, maxM } = workspaceBoxM(options);
  return [...minM.map((min, axis) => min - point[axis]!), ...maxM.map((max, axis) => point[axis]! - max)];
}

function describe({ tS, positionM }: ToolPoint, options: Workspace): string {
  const { minM, maxM } = workspaceBoxM(options);
  const height = positionM[2] < minM[2] ? `, ${(positionM[2] - options.tableZM).toFixed(3)} m above the table` : "";
  return `tool would be at ${formatM(positionM)}${height} at ${tS.toFixed(2)} s, outside ${formatM(minM)} to ${formatM(maxM)}`;
}
