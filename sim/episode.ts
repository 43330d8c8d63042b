/** Seeded starts and goals of the evaluation tasks, by the protocol that success figures are reported under. */
import type { Rng } from "../runtime/core/rng.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import type { SceneSpec } from "./scene.ts";
import { type TableFrame, tableFrame } from "./table.ts";
import { isWithin, pushArea, type WorkArea } from "./work-area.ts";
import type { CubePose } from "./world.ts";

export interface Placement {
  readonly toolM: Vec3;
  readonly cube: CubePose;
}

export interface Episode {
  readonly start: Placement;
  readonly goal: Placement;
}

export type TaskName = "push" | "reach";

/** Above the table. */
export const PUSH_TOOL_HEIGHT_M = 0.03;
const MAX_DRAWS = 10_000;

/**
 * Push: the cube is to move 6 to 15 cm, yaw within 0.3 rad, tool 7 to 16 cm from the cube in both pictures.
 * Reach: tool start and goal at least 8 cm apart in three dimensions, the cube stays.
 */
export function sampleEpisode(task: TaskName, rng: Rng, scene: Pick<SceneSpec, "cubeEdgeM" | "tableSurfaceM" | "area" | "table">): Episode {
  const { area, tableSurfaceM, cubeEdgeM } = scene;
  const cubeZ = tableSurfaceM + cubeEdgeM / 2;
  const { start, goal } = task === "push" ? samplePush(rng, area, cubeZ, pushToolZ(scene)) : sampleReach(rng, area, cubeZ, tableSurfaceM);
  const frame = tableFrame(scene.table);
  return { start: onTable(start, frame), goal: onTable(goal, frame) };
}

const onTable = ({ toolM, cube }: Placement, { toBase, yawRad }: TableFrame): Placement => ({
  cube: { positionM: toBase(cube.positionM), yawRad: cube.yawRad + yawRad },
  toolM: toBase(toolM),
});

/** The corners of what the tool may be asked to come to on this table, base frame, metres. */
export function toolCorners(task: TaskName, scene: Pick<SceneSpec, "tableSurfaceM" | "area" | "table">): readonly Vec3[] {
  const { toBase } = tableFrame(scene.table);
  const { xM, yM } = task === "push" ? pushArea(scene.area) : scene.area;
  const zM = task === "push" ? [pushToolZ(scene)] : scene.area.heightM.map((heightM) => scene.tableSurfaceM + heightM);
  return xM.flatMap((x) => yM.flatMap((y) => zM.map((z) => toBase([x, y, z]))));
}

/** The height that the tool is held at while pushing, metres in the base frame. */
export const pushToolZ = ({ tableSurfaceM }: Pick<SceneSpec, "tableSurfaceM">): number => tableSurfaceM + PUSH_TOOL_HEIGHT_M;

function samplePush(rng: Rng, area: WorkArea, cubeZ: number, toolZ: number): Episode {
  const start = drawCube(rng, area, cubeZ);
  const goal = draw(
    () => ({ ...drawCube(rng, area, cubeZ), yawRad: start.yawRad + rng.between(-0.3, 0.3) }),
    (cube) => isWithin(distanceM(cube.positionM, start.positionM), [0.06, 0.15]),
  );
  return {
    start: { cube: start, toolM: drawToolNear(rng, area, start, toolZ) },
    goal: { cube: goal, toolM: drawToolNear(rng, area, goal, toolZ) },
  };
}

function sampleReach(rng: Rng, area: WorkArea, cubeZ: number, tableZ: number): Episode {
  const cube = drawCube(rng, area, cubeZ);
  const drawTool = (): Vec3 => [rng.between(...area.xM), rng.between(...area.yM), tableZ + rng.between(...area.heightM)];
  const startToolM = drawTool();
  const goalToolM = draw(drawTool, (toolM) => distanceM(toolM, startToolM) >= 0.08);
  return { start: { cube, toolM: startToolM }, goal: { cube, toolM: goalToolM } };
}

function drawCube(rng: Rng, area: WorkArea, cubeZ: number): CubePose {
  return { positionM: [rng.between(...area.xM), rng.between(...area.yM), cubeZ], yawRad: rng.between(-Math.PI, Math.PI) };
}

function drawToolNear(rng: Rng, area: WorkArea, cube: CubePose, toolZ: number): Vec3 {
  const { xM, yM } = pushArea(area);
  return draw(
    () => {
      const angle = rng.between(-Math.PI, Math.PI);
      const radiusM = rng.between(0.07, 0.16);
      const [x, y] = cube.positionM;
      return [x + radiusM * Math.cos(angle), y + radiusM * Math.sin(angle), toolZ] as const;
    },
    ([x, y]) => isWithin(x, xM) && isWithin(y, yM),
  );
}

function draw<T>(sample: () => T, accept: (value: T) => boolean): T {
  for (let attempt = 0; attempt < MAX_DRAWS; attempt++) {
    const value = sample();
    if (accept(value)) return value;
  }
  throw new Error(`internal: no acceptable episode in ${MAX_DRAWS} draws`);
}

export function distanceM(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
