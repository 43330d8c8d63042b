/** Where the tool point may be: a box in the base frame, and a table in it. */
import type { Vec3 } from "./vec3.ts";

/** Base frame, metres. */
export interface Workspace {
  readonly minM: Vec3;
  readonly maxM: Vec3;
  /** Height of the table top. */
  readonly tableZM: number;
  /** The tool point stays this far above the table. */
  readonly tableClearanceM: number;
}

/** The corners of the box above the table. */
export const workspaceBoxM = ({ minM, maxM, tableZM, tableClearanceM }: Workspace): { readonly minM: Vec3; readonly maxM: Vec3 } => ({
  minM: [minM[0], minM[1], Math.max(minM[2], tableZM + tableClearanceM)],
  maxM,
});

/** The first axis along which a point is outside, and its bounds, metres; null inside. A NaN is outside. */
export function outsideM(
  pointM: Vec3,
  workspace: Workspace,
): { readonly axis: "x" | "y" | "z"; readonly boundsM: readonly [number, number] } | null {
  const { minM, maxM } = workspaceBoxM(workspace);
  const axis = pointM.findIndex((value, i) => !(value >= minM[i]! && value <= maxM[i]!));
  return axis === -1 ? null : { axis: (["x", "y", "z"] as const)[axis]!, boundsM: [minM[axis]!, maxM[axis]!] };
}
