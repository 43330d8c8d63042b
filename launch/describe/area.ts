/** A work area inside what an arm reaches, and the boxes that follow from it. */
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { toolBox, type WorkArea } from "../../runtime/core/work-area.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";

/** Places along x, y (on one side) and the height. */
const [COUNT_X, COUNT_Y, COUNT_Z] = [9, 5, 6];
/** Of a default area, per metre of how far out the tool rests: the Panda's is 0.24 x 0.4 x 0.19 m at 0.5 m. */
const WANTED = { x: 0.48, y: 0.8, z: 0.38 } as const;
/** Play reaches this share of the area's size beyond it on all sides. */
const MARGIN = 0.2;
const CUBE_SHARE = 0.1;

export interface ProposedArea extends Pick<SceneSpec, "area" | "tableSurfaceM"> {
  /** Of the one cube that lies there. */
  readonly cubeEdgeM: number;
  readonly workspace: { readonly minM: Vec3; readonly maxM: Vec3; readonly tableZM: number };
}

/** Null where the arm reaches no box in front of it. Deterministic. */
export function proposeArea(kinematics: Kinematics, restM: Vec3): ProposedArea | null {
  const outM = Math.max(0.1, restM[0]);
  const cubeEdgeM = millimetres(Math.min(0.05, Math.max(0.02, CUBE_SHARE * outM)));
  const lowestM = cubeEdgeM + 0.03;
  const tableSurfaceM = Math.min(0.3, Math.max(-0.3, millimetres(Math.min(0, restM[2] - lowestM - 0.25 * outM))));
  const xs = spread(0.35 * outM, 1.6 * outM, COUNT_X);
  const ys = spread(0, 0.6 * outM, COUNT_Y);
  const zs = spread(tableSurfaceM + lowestM, tableSurfaceM + lowestM + 0.9 * outM, COUNT_Z);
  const reached = xs.map((x) => ys.map((y) => zs.map((z) => comes(kinematics, [x, y, z]) && (y === 0 || comes(kinematics, [x, -y, z])))));
  let best: { readonly worth: number; readonly at: readonly [number, number, number, number, number] } | null = null;
  for (let x0 = 0; x0 < COUNT_X; x0++)
    for (let x1 = x0 + 1; x1 < COUNT_X; x1++)
      for (let y1 = 1; y1 < COUNT_Y; y1++)
        for (let z0 = 0; z0 < COUNT_Z; z0++)
          for (let z1 = z0 + 1; z1 < COUNT_Z; z1++) {
            const share = (size: number, wanted: number): number => Math.min(1, size / (wanted * outM * (1 + MARGIN)));
            const worth =
              share(xs[x1]! - xs[x0]!, WANTED.x) * share(2 * ys[y1]!, WANTED.y) * share(zs[z1]! - zs[z0]!, WANTED.z) * (1 - 0.02 * z0) -
              0.001 * Math.abs((xs[x0]! + xs[x1]!) / 2 - outM);
            if (best && worth <= best.worth) continue;
            if (isWhole(reached, x0, x1, y1, z0, z1)) best = { worth, at: [x0, x1, y1, z0, z1] };
          }
  if (!best) return null;
  const [x0, x1, y1, z0, z1] = best.at;
  const area: WorkArea = {
    xM: shrunk(xs[x0]!, xs[x1]!, WANTED.x * outM),
    yM: shrunk(-ys[y1]!, ys[y1]!, WANTED.y * outM),
    heightM: shrunk(zs[z0]! - tableSurfaceM, zs[z1]! - tableSurfaceM, WANTED.z * outM),
  };
  return { area, cubeEdgeM, tableSurfaceM, workspace: around(area, tableSurfaceM) };
}

function comes(kinematics: Kinematics, positionM: Vec3): boolean {
  return kinematics.inverse({ seedRad: kinematics.spec.homeRad, positionM, quaternion: "down" }).converged;
}

function isWhole(
  reached: readonly (readonly (readonly boolean[])[])[],
  x0: number,
  x1: number,
  y1: number,
  z0: number,
  z1: number,
): boolean {
  for (let x = x0; x <= x1; x++) for (let y = 0; y <= y1; y++) for (let z = z0; z <= z1; z++) if (!reached[x]![y]![z]) return false;
  return true;
}

/** The middle of a range less its margin, no longer than is wanted. */
function shrunk(low: number, high: number, wantedM: number): readonly [number, number] {
  const half = Math.min(wantedM, (high - low) / (1 + MARGIN)) / 2;
  return [millimetres((low + high) / 2 - half), millimetres((low + high) / 2 + half)];
}

/** Where play may go at all, with a little room; never into the table. */
function around(area: WorkArea, tableSurfaceM: number): ProposedArea["workspace"] {
  const { xM, yM, heightM } = toolBox(area);
  const low = Math.max(tableSurfaceM + 0.015, tableSurfaceM + heightM[0] - 0.02);
  return {
    minM: [millimetres(xM[0] - 0.02), millimetres(yM[0] - 0.02), millimetres(low)],
    maxM: [millimetres(xM[1] + 0.02), millimetres(yM[1] + 0.02), millimetres(tableSurfaceM + heightM[1] + 0.03)],
    tableZM: tableSurfaceM,
  };
}

const spread = (low: number, high: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1));
const millimetres = (value: number): number => Math.round(value * 1000) / 1000 + 0;
