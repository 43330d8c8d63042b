/** The shapes of a robot's model as the judge sees them: points all over each, and how far a point is outside one. */
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import type { Shadow } from "../../../../runtime/kinematics/shadow.ts";
import { type Frame, lengthOf, turnOf, vectorAt } from "./own-frames.ts";

const SHAPE = { sphere: 2, capsule: 3, cylinder: 5, box: 6 } as const;

export interface Shape {
  readonly body: number;
  /** In the body's frame; what is long lies along its z. */
  readonly frame: Frame;
  readonly kind: keyof typeof SHAPE;
  /** Radius and half length, or half edges. */
  readonly sizeM: Vec3;
}

/** In the shape's frame: all within `radiusM` of it is the shape. */
export interface ShapePoint {
  readonly localM: Vec3;
  readonly radiusM: number;
}

/** Those that have a volume of their own. */
export function shapesOf({ model }: Shadow): readonly Shape[] {
  return Array.from({ length: model.ngeom as number }, (_, geom) => geom).flatMap((geom) => {
    const kind = (Object.keys(SHAPE) as (keyof typeof SHAPE)[]).find((each) => SHAPE[each] === model.geom_type[geom]);
    const frame = { turn: turnOf(model.geom_quat, geom), atM: vectorAt(model.geom_pos, geom) };
    return kind ? [{ body: model.geom_bodyid[geom] as number, frame, kind, sizeM: vectorAt(model.geom_size, geom) }] : [];
  });
}

/** Points of a shape, no further apart than a distance along what is long, around what is round, and over the faces of a box; at least the few that say where it is. */
export function pointsOf({ kind, sizeM: [a, b, c] }: Shape, apartM: number): readonly ShapePoint[] {
  const solid = (localM: Vec3): ShapePoint => ({ localM, radiusM: 0 });
  if (kind === "sphere") return [{ localM: [0, 0, 0], radiusM: a }];
  if (kind === "capsule") return evenly(b, apartM).map((z) => ({ localM: [0, 0, z], radiusM: a }));
  if (kind === "cylinder") {
    const rims = evenly(b, apartM).flatMap((z) => ring(a, apartM).map(([x, y]): Vec3 => [x, y, z]));
    const ends = evenly(a, apartM)
      .filter((radiusM) => radiusM > 0 && radiusM < a)
      .flatMap((radiusM) => ring(radiusM, apartM).flatMap(([x, y]): Vec3[] => [-b, b].map((z) => [x, y, z])));
    return [...rims, ...ends].map(solid);
  }
  const [alongX, alongY, alongZ] = [evenly(a, apartM), evenly(b, apartM), evenly(c, apartM)];
  return alongX.flatMap((x) => alongY.flatMap((y) => alongZ.map((z) => solid([x, y, z]))));
}

/** From -half to half, both and the middle included. */
function evenly(halfM: number, apartM: number): readonly number[] {
  const count = 2 * Math.max(1, Math.ceil(halfM / apartM)) + 1;
  return Array.from({ length: count }, (_, i) => halfM * ((2 * i) / (count - 1) - 1));
}

function ring(radiusM: number, apartM: number): readonly (readonly [number, number])[] {
  const count = Math.max(6, Math.ceil((2 * Math.PI * radiusM) / apartM));
  return Array.from({ length: count }, (_, i) => (2 * Math.PI * i) / count).map((angle) => [
    radiusM * Math.cos(angle),
    radiusM * Math.sin(angle),
  ]);
}

/** Metres from the outside of a shape to a point in its frame, negative inside. */
export function outsideM({ kind, sizeM: [a, b, c] }: Shape, [x, y, z]: Vec3): number {
  if (kind === "sphere") return lengthOf(x, y, z) - a;
  if (kind === "capsule") return lengthOf(x, y, z - Math.max(-b, Math.min(b, z))) - a;
  if (kind === "cylinder") return beyond(lengthOf(x, y, 0) - a, Math.abs(z) - b, Number.NEGATIVE_INFINITY);
  return beyond(Math.abs(x) - a, Math.abs(y) - b, Math.abs(z) - c);
}

/** Of how far beyond a shape's sides a point is along each of them, negative where it is not. */
function beyond(x: number, y: number, z: number): number {
  const deepest = Math.max(x, y, z); // Keeps NaN, as all of these do.
  return deepest <= 0 ? deepest : lengthOf(Math.max(0, x), Math.max(0, y), Math.max(0, z));
}

/** Of a ball about the shape's middle. */
export const boundM = ({ kind, sizeM: [a, b, c] }: Shape): number =>
  kind === "sphere" ? a : kind === "capsule" ? a + b : kind === "cylinder" ? Math.hypot(a, b) : Math.hypot(a, b, c);
