/** Where a scene's things are: fixed ones as parts with poses, loose ones as they begin, and which places on the table are free. */
import type { Bin, Rgb, SceneObject, SceneSpec, Stand } from "./scene.ts";
import { girthM, halfHeightM, type Shape } from "./shape.ts";
import { tableFrame } from "./table.ts";
import type { Pose } from "./trial.ts";
import type { Vec3 } from "./vec3.ts";
import { middleOf } from "./work-area.ts";

/** One piece of what stands still. */
export interface FixedPart {
  readonly name: string;
  readonly shape: Shape;
  /** Of its centre, layout frame. */
  readonly pose: Pose;
  readonly rgb: Rgb;
  /** Null for what touches nothing. */
  readonly friction: number | null;
}

/** A round place on the table, layout frame. */
export interface Place {
  readonly centreM: readonly [number, number];
  readonly radiusM: number;
}

/** Everything fixed but the table: obstacles, the floors and walls of bins, occluders. */
export function fixedParts(scene: SceneSpec): readonly FixedPart[] {
  const obstacles = Object.entries(scene.obstacles).map(([name, { shape, rgb, friction, ...stand }]) => ({
    ...{ name, shape, rgb, friction },
    pose: standing(scene, shape, stand),
  }));
  const bins = Object.entries(scene.bins).flatMap(([name, bin]) => binParts(scene, name, bin));
  const occluders = Object.entries(scene.occluders).map(([name, { shape, rgb, ...stand }]) => ({
    ...{ name, shape, rgb, friction: null },
    pose: standing(scene, shape, stand),
  }));
  return [...obstacles, ...bins, ...occluders];
}

/** A floor and four walls. */
function binParts(scene: SceneSpec, name: string, { insideM: [x, y, z], wallM, rgb, friction, ...stand }: Bin): readonly FixedPart[] {
  const high = z + wallM;
  const part = (suffix: string, sizeM: Vec3, offset: readonly [number, number]): FixedPart => {
    const shape: Shape = { kind: "box", sizeM };
    const [cos, sin] = [Math.cos(stand.yawRad), Math.sin(stand.yawRad)];
    const centreM = [stand.centreM[0] + cos * offset[0] - sin * offset[1], stand.centreM[1] + sin * offset[0] + cos * offset[1]] as const;
    return { name: `${name}-${suffix}`, shape, rgb, friction, pose: standing(scene, shape, { ...stand, centreM }) };
  };
  const [atX, atY] = [(x + wallM) / 2, (y + wallM) / 2];
  return [
    part("floor", [x, y, wallM], [0, 0]),
    part("front", [wallM, y, high], [atX, 0]),
    part("back", [wallM, y, high], [-atX, 0]),
    part("left", [x + 2 * wallM, wallM, high], [0, atY]),
    part("right", [x + 2 * wallM, wallM, high], [0, -atY]),
  ];
}

/** Of a thing's centre, layout frame. */
const standing = ({ tableSurfaceM }: SceneSpec, shape: Shape, { centreM: [x, y], yawRad, liftM }: Stand): Pose => ({
  positionM: [x, y, tableSurfaceM + liftM + halfHeightM(shape)],
  yawRad,
});

/** A loose thing on the table, its centre there, layout frame. */
export const lying = (scene: SceneSpec, { shape }: SceneObject, { centreM, yawRad }: Omit<Stand, "liftM">): Pose =>
  standing(scene, shape, { centreM, yawRad, liftM: 0 });

/** Where a world has its loose things before any trial: where they were told to be, else side by side in the middle of the area; base frame. */
export function restingPoses(scene: SceneSpec): Readonly<Record<string, Pose>> {
  const { toBase, yawRad } = tableFrame(scene.table);
  const middleM = [middleOf(scene.area.xM), middleOf(scene.area.yM)] as const;
  const spacingM = 2.2 * Math.max(0, ...Object.values(scene.objects).map(({ shape }) => girthM(shape)));
  let beside = 0;
  const poses = Object.entries(scene.objects).map(([name, object]) => {
    const stand = object.at ?? { centreM: [middleM[0], middleM[1] + spacingM * aside(beside++)] as const, yawRad: 0 };
    const pose = lying(scene, object, stand);
    return [name, { positionM: toBase(pose.positionM), yawRad: object.at ? pose.yawRad + yawRad : 0 }] as const;
  });
  return Object.fromEntries(poses);
}

/** 0, 1, -1, 2, -2 .. */
const aside = (index: number): number => Math.ceil(index / 2) * (index % 2 === 0 ? -1 : 1) || 0;

/** Whether a round thing at a place, upwards from a height above the table, is clear of obstacles and bins. */
export function isClear(scene: SceneSpec, { centreM, radiusM }: Place, fromM = 0): boolean {
  return fixedParts(scene).every(({ shape, pose, friction }) => {
    const topM = pose.positionM[2] + halfHeightM(shape) - scene.tableSurfaceM;
    return friction === null || topM <= fromM || distanceOver(shape, pose, centreM) >= radiusM;
  });
}

export const isApart = (a: Place, b: Place): boolean =>
  Math.hypot(a.centreM[0] - b.centreM[0], a.centreM[1] - b.centreM[1]) >= a.radiusM + b.radiusM;

/** The place that a thing takes up. */
export const placeOf = ({ shape }: Pick<SceneObject, "shape">, { positionM: [x, y] }: Pose): Place => ({
  centreM: [x, y],
  radiusM: girthM(shape),
});

/** From a point to the outline of a thing as seen from above; 0 inside. */
function distanceOver(shape: Shape, { positionM: [x, y], yawRad }: Pose, [px, py]: readonly [number, number]): number {
  const [dx, dy] = [px - x, py - y];
  if (shape.kind !== "box") return Math.max(0, Math.hypot(dx, dy) - shape.radiusM);
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)];
  const [along, across] = [cos * dx + sin * dy, cos * dy - sin * dx];
  return Math.hypot(Math.max(0, Math.abs(along) - shape.sizeM[0] / 2), Math.max(0, Math.abs(across) - shape.sizeM[1] / 2));
}
