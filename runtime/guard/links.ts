/** Keeps the arm's links, and not only its tool point, apart from one another, above the table and out of where fixtures and people are, over the whole segment to its rest. */
import type { Guard } from "../core/guarding.ts";
import type { Segment } from "../core/motion.ts";
import type { Vec3 } from "../core/vec3.ts";
import { allowedStep, type Look, lookAt, looksOf } from "./allowed-step.ts";
import type { KeepOut } from "./keep-out.ts";

/** What the guard asks of the arm's own model. Joint positions of shape (jointCount); base frame, metres. */
export interface LinkShapes {
  balls(
    positionRad: ArrayLike<number>,
    isNear: (centreM: Vec3, boundM: number) => boolean,
  ): readonly { readonly link: string; readonly centreM: Vec3; readonly radiusM: number; readonly isHand: boolean }[];
  nearest(
    positionRad: ArrayLike<number>,
    withinM: number,
  ): { readonly distanceM: number; readonly between: readonly [string, string] } | null;
  /** How much such a distance may differ between two postures where it is the same. SAFETY: much less than a step, or many small ones would creep. */
  readonly distanceNoiseM: number;
  /** The most that any point of the arm may move on the way from one posture straight to another. */
  travelM(fromRad: ArrayLike<number>, toRad: ArrayLike<number>): number;
}

/** Links come no nearer to one another than this. */
export const LINKS_APART_M = 0.01;
const roundingM = 1e-6;
/** Of double precision. SAFETY: much less than a step, or many small ones would creep in. */
const noiseM = 1e-9;

/** An arm that is too near already may move, but no nearer. Without `tableZM` there is no table. */
export function links(shapes: LinkShapes, keepOuts: readonly KeepOut[], tableZM?: number): Guard {
  const zones: readonly Zone[] = [...keepOuts, ...(tableZM === undefined ? [] : [tableAt(tableZM)])];
  return {
    name: "links",
    check: (segment, situation) => allowedStep(segment, situation, (wanted) => objection(wanted, shapes, zones)),
  };
}

/** `isForHand`: whether the hand keeps out too. */
type Zone = KeepOut & { readonly isForHand?: false };

/** All that is below its top. The hand is left to the tool point's own clearance: fingers go down to what they grip. */
const tableAt = (tableZM: number): Zone => ({
  name: "table",
  minM: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  maxM: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, tableZM],
  marginM: 0,
  isForHand: false,
});

function objection(segment: Segment, shapes: LinkShapes, zones: readonly Zone[]): string | null {
  const looks = looksOf(segment);
  const start = looks[0]!.positionRad;
  const startM = shapes.nearest(start, LINKS_APART_M)?.distanceM ?? LINKS_APART_M;
  const apartM = Math.min(LINKS_APART_M - roundingM, startM - shapes.distanceNoiseM);
  for (const { positionRad } of looks.slice(1)) {
    const near = shapes.nearest(positionRad, LINKS_APART_M);
    if (near && !(near.distanceM >= apartM))
      return `${near.between.join(" and ")} would be ${near.distanceM.toFixed(3)} m apart, at least ${LINKS_APART_M} m`;
  }
  return zones.length > 0 ? entered(segment, looks, shapes, zones) : null;
}

/** The first zone that a link enters, or goes deeper into. Between two looks there are as many more as it takes until nothing could have come in between (conservative advancement; Mirtich 1996). */
function entered(segment: Segment, looks: readonly Look[], shapes: LinkShapes, zones: readonly Zone[]): string | null {
  const wayM = Math.max(...looks.slice(1).map((look, index) => wayBetweenM(looks[index]!, look, shapes)));
  // SAFETY: what is no place is near.
  const isNear = (centreM: Vec3, boundM: number): boolean =>
    zones.some((zone) => !(outside(centreM, zone) - zone.marginM - wayM >= boundM));
  const atStart = shapes.balls(looks[0]!.positionRad, isNear);
  const allowed = zones.map((zone) => new Map([...outsideByLink(atStart, zone)].map(([link, freeM]) => [link, allowedM(freeM)])));
  /** How much nearer to a zone some link may still come, metres; or what is wrong. */
  const spareAt = ({ positionRad }: Look): number | string => {
    const balls = shapes.balls(positionRad, isNear);
    let spareM = Number.POSITIVE_INFINITY;
    for (const [index, zone] of zones.entries()) {
      for (const [link, distanceM] of outsideByLink(balls, zone)) {
        const linkM = distanceM - (allowed[index]!.get(link) ?? -roundingM); // Nowhere near at the start.
        if (!(linkM >= 0)) return `${link} would be ${(-distanceM).toFixed(3)} m inside "${zone.name}" and its margin`;
        spareM = Math.min(spareM, linkM);
      }
    }
    return spareM;
  };
  const between = (from: Look, fromM: number, to: Look, toM: number): string | null => {
    const betweenM = wayBetweenM(from, to, shapes);
    if (betweenM <= RESOLVED_M || to.tS - from.tS <= SHORTEST_S || Math.min(fromM, toM) >= betweenM) return null;
    const middle = lookAt(segment, (from.tS + to.tS) / 2);
    const middleM = spareAt(middle);
    if (typeof middleM === "string") return middleM;
    return between(from, fromM, middle, middleM) ?? between(middle, middleM, to, toM);
  };
  let last: readonly [Look, number] | null = null;
  for (const look of looks) {
    const spareM = spareAt(look);
    if (typeof spareM === "string") return spareM;
    const why = last && between(...last, look, spareM);
    if (why) return why;
    last = [look, spareM];
  }
  return null;
}

/** A zone is entered by less than this between two looks. */
const RESOLVED_M = 0.002;
/** Looks come no closer together, whatever the arm is asked to do: what moves more than RESOLVED_M in it is beyond any joint's limits. */
const SHORTEST_S = 0.001;
/** What is outside stays out; what is inside already comes no deeper. */
const allowedM = (freeM: number): number => Math.min(-roundingM, freeM - noiseM);

/** How far from the nearer of two looks a point of the arm may be in between, metres: half the straight way, and what it goes there and back. */
function wayBetweenM(from: Look, to: Look, { travelM }: LinkShapes): number {
  const dtS = to.tS - from.tS;
  const turnRad = from.velocityRadPerS.map((before, joint) => Math.abs(to.velocityRadPerS[joint]! - before) * (dtS / 8));
  return travelM(from.positionRad, to.positionRad) / 2 + travelM(new Float64Array(turnRad.length), turnRad);
}

/** How far outside a zone with its margin each link is, negative inside; NaN where a place is none. */
function outsideByLink(balls: ReturnType<LinkShapes["balls"]>, zone: Zone): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let [link, nearestM] = ["", Number.POSITIVE_INFINITY];
  const noted = (): unknown => found.set(link, Math.min(found.get(link) ?? Number.POSITIVE_INFINITY, nearestM)); // Keeps NaN.
  for (const ball of balls) {
    if (ball.isHand && zone.isForHand === false) continue;
    if (ball.link !== link) {
      noted();
      [link, nearestM] = [ball.link, Number.POSITIVE_INFINITY];
    }
    nearestM = Math.min(nearestM, outside(ball.centreM, zone) - ball.radiusM - zone.marginM);
  }
  noted();
  return found;
}

/** From a point to a zone; inside a box how deep, negative. Written out by axis: it is asked for every ball of every posture. */
function outside([x, y, z]: Vec3, zone: KeepOut): number {
  if ("radiusM" in zone) return Math.hypot(x - zone.centreM[0], y - zone.centreM[1], z - zone.centreM[2]) - zone.radiusM;
  const { minM, maxM } = zone;
  const beyondX = Math.max(minM[0] - x, x - maxM[0]);
  const beyondY = Math.max(minM[1] - y, y - maxM[1]);
  const beyondZ = Math.max(minM[2] - z, z - maxM[2]);
  const deepest = Math.max(beyondX, beyondY, beyondZ); // Keeps NaN, as all of these do.
  return deepest <= 0 ? deepest : Math.hypot(Math.max(0, beyondX), Math.max(0, beyondY), Math.max(0, beyondZ));
}
