/** How near an arm's links come to one another, by the judge's own points and distances: points all over each shape, held against the other shape. */
import { type Frame, frameSeenFrom, lengthOf, placed, seenFrom, within } from "./own-frames.ts";
import { boundM, outsideM, pointsOf, type Shape, type ShapePoint } from "./own-shapes.ts";
import { type Body, type Pose, poseAt } from "./own-tree.ts";

/** Of points on a shape: between two of them the other one comes at most about 2 mm nearer. */
const POINTS_APART_M = 0.02;
/** Links so many joints apart are no neighbours. */
const JOINTS_APART_MIN = 2;
/** Links nearer than this at home are built that way. */
const BUILT_NEAR_M = 0.035;

/** The nearest two links that the arm could bring together, metres, negative where they are one in the other; null where none are nearer than `withinM`. */
export interface Apart {
  readonly distanceM: number;
  readonly between: readonly [string, string];
}

interface Part extends Shape {
  readonly points: readonly ShapePoint[];
  readonly boundM: number;
}

/** `homeRad` is a posture in which no two links touch that should not. */
export function createApart(bodies: readonly Body[], shapes: readonly Shape[], homeRad: readonly number[]) {
  const parts = shapes.map((shape): Part => ({ ...shape, points: pointsOf(shape, POINTS_APART_M), boundM: boundM(shape) }));
  const placedAt = ({ frames }: Pose): readonly Frame[] => parts.map(({ body, frame }) => within(frames[body]!, frame));
  const home = placedAt(poseAt(bodies, homeRad));
  const pairs = parts.flatMap((a, i) =>
    parts.slice(i + 1).flatMap((b, later): [number, number][] => {
      const j = i + 1 + later;
      const isNeighbour = Math.abs(bodies[a.body]!.joints - bodies[b.body]!.joints) < JOINTS_APART_MIN;
      return isNeighbour || between(a, home[i]!, b, home[j]!) <= BUILT_NEAR_M ? [] : [[i, j]];
    }),
  );
  return (pose: Pose, withinM: number): Apart | null => {
    const at = placedAt(pose);
    let nearest: Apart | null = null;
    for (const [i, j] of pairs) {
      const [a, b] = [parts[i]!, parts[j]!];
      if (isBeyond(withinM, a, at[i]!, b, at[j]!)) continue;
      const apartM = between(a, at[i]!, b, at[j]!);
      // What is no distance is the nearest.
      if (!(apartM >= (nearest?.distanceM ?? withinM)))
        nearest = { distanceM: apartM, between: [bodies[a.body]!.name, bodies[b.body]!.name] };
    }
    return nearest;
  };
}

/** Whether two shapes are further apart than a distance by the balls about them, each held against the other ball and the other shape. */
const isBeyond = (withinM: number, a: Part, atA: Frame, b: Part, atB: Frame): boolean =>
  lengthOf(atA.atM[0] - atB.atM[0], atA.atM[1] - atB.atM[1], atA.atM[2] - atB.atM[2]) - a.boundM - b.boundM > withinM ||
  outsideM(a, seenFrom(atA, atB.atM)) - b.boundM > withinM ||
  outsideM(b, seenFrom(atB, atA.atM)) - a.boundM > withinM;

const between = (a: Part, atA: Frame, b: Part, atB: Frame): number => Math.min(from(a, atA, b, atB), from(b, atB, a, atA));

function from(a: Part, atA: Frame, b: Part, atB: Frame): number {
  const seen = frameSeenFrom(atB, atA);
  let nearestM = Number.POSITIVE_INFINITY;
  for (const { localM, radiusM } of a.points) nearestM = Math.min(nearestM, outsideM(b, placed(seen, localM)) - radiusM);
  return nearestM;
}
