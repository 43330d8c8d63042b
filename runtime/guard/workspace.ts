/** Keeps the tool point inside a box and above the table. */
import type { Guard } from "../core/guarding.ts";
import type { Vec3 } from "../core/vec3.ts";
import { formatM, pullBack, type ToolPoint, toolPath } from "./tool-path.ts";

/** Base frame, metres. */
export interface WorkspaceOptions {
  readonly minM: Vec3;
  readonly maxM: Vec3;
  /** Height of the table top. */
  readonly tableZM: number;
  /** The tool point stays this far above the table. */
  readonly tableClearanceM: number;
}

const roundingM = 1e-6;

/** A tool that starts outside (after a manual move) may move, but at no time further out than it started. */
export function workspace(options: WorkspaceOptions): Guard {
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
function firstLeaving(path: readonly ToolPoint[], options: WorkspaceOptions): ToolPoint | null {
  const allowed = depthsM(path[0]!.positionM, options).map((depth) => Math.max(0, depth) + roundingM);
  return path.find(({ positionM }) => depthsM(positionM, options).some((depth, side) => !(depth <= allowed[side]!))) ?? null;
}

/** How far outside each side of the box a point is, negative inside; shape (6). */
function depthsM(point: Vec3, options: WorkspaceOptions): readonly number[] {
  const [minM, maxM] = boxM(options);
  return [...minM.map((min, axis) => min - point[axis]!), ...maxM.map((max, axis) => point[axis]! - max)];
}

const boxM = ({ minM, maxM, tableZM, tableClearanceM }: WorkspaceOptions): readonly [Vec3, Vec3] => [
  [minM[0], minM[1], Math.max(minM[2], tableZM + tableClearanceM)],
  maxM,
];

function describe({ tS, positionM }: ToolPoint, options: WorkspaceOptions): string {
  const [minM, maxM] = boxM(options);
  const height = positionM[2] < minM[2] ? `, ${(positionM[2] - options.tableZM).toFixed(3)} m above the table` : "";
  return `tool would be at ${formatM(positionM)}${height} at ${tS.toFixed(2)} s, outside ${formatM(minM)} to ${formatM(maxM)}`;
}
