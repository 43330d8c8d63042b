/** Keeps the arm's links, and not only its tool point, apart from one another and out of where fixtures and people are, over the whole segment to its rest. */
import type { Guard } from "../core/guarding.ts";
import type { Vec3 } from "../core/vec3.ts";
import { allowedStep, posturesOf } from "./allowed-step.ts";
import type { KeepOut } from "./keep-out.ts";

/** What the guard asks of the arm's own model. Joint positions of shape (jointCount); base frame, metres. */
export interface LinkShapes {
  balls(positionRad: ArrayLike<number>): readonly { readonly link: string; readonly centreM: Vec3; readonly radiusM: number }[];
  nearest(
    positionRad: ArrayLike<number>,
    withinM: number,
  ): { readonly distanceM: number; readonly between: readonly [string, string] } | null;
}

/** Links come no nearer to one another than this. */
export const LINKS_APART_M = 0.01;
const roundingM = 1e-6;

/** An arm that is too near already may move, but no nearer. */
export function links(shapes: LinkShapes, zones: readonly KeepOut[]): Guard {
  return {
    name: "links",
    check: (segment, situation) => allowedStep(segment, situation, (wanted) => objection(posturesOf(wanted), shapes, zones)),
  };
}

function objection(postures: readonly Float64Array[], shapes: LinkShapes, zones: readonly KeepOut[]): string | null {
  const [start] = postures;
  const apartM = Math.min(LINKS_APART_M, shapes.nearest(start!, LINKS_APART_M)?.distanceM ?? LINKS_APART_M) - roundingM;
  const freeM = zones.map((zone) => Math.min(0, nearestBall(start!, shapes, zone).distanceM) - roundingM);
  for (const posture of postures) {
    const near = shapes.nearest(posture, LINKS_APART_M);
    if (near && !(near.distanceM >= apartM))
      return `${near.between.join(" and ")} would be ${near.distanceM.toFixed(3)} m apart, at least ${LINKS_APART_M} m`;
    for (const [index, zone] of zones.entries()) {
      const { link, distanceM } = nearestBall(posture, shapes, zone);
      if (!(distanceM >= freeM[index]!)) return `${link} would be ${(-distanceM).toFixed(3)} m inside "${zone.name}" and its margin`;
    }
  }
  return null;
}

/** How far outside a zone with its margin the arm is, negative inside; NaN where a place is none. */
function nearestBall(posture: Float64Array, shapes: LinkShapes, zone: KeepOut): { readonly link: string; readonly distanceM: number } {
  let [link, distanceM] = ["", Number.POSITIVE_INFINITY];
  for (const ball of shapes.balls(posture)) {
    const outsideM = outside(ball.centreM, zone) - ball.radiusM - zone.marginM;
    if (!(outsideM >= distanceM)) [link, distanceM] = [ball.link, outsideM];
  }
  return { link, distanceM };
}

/** From a point to a zone; inside a box how deep, negative. */
function outside(point: Vec3, zone: KeepOut): number {
  if ("radiusM" in zone) return Math.hypot(...point.map((value, axis) => value - zone.centreM[axis]!)) - zone.radiusM;
  const beyond = point.map((value, axis) => Math.max(zone.minM[axis]! - value, value - zone.maxM[axis]!));
  const deepest = Math.max(...beyond);
  return deepest <= 0 ? deepest : Math.hypot(...beyond.map((value) => Math.max(0, value)));
}
