/** The way from a moving commanded state to rest: the quickest that the joints' limits allow, never longer than a segment may last. */
import { invariant } from "../core/errors.ts";
import { gripperField, heldGripper } from "../core/gripper.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { JointSpec } from "../core/robot.ts";
import { copyJoints, peakUse, quinticSegment, sampleSegment, segmentDurationS, segmentDurationSMax } from "../core/segment.ts";
import { holdSegment, OWN_SEGMENT_ID } from "./timeline.ts";

/** Braking times tried, shortest first, seconds. */
const DURATIONS_S = Array.from({ length: 20 }, (_, index) => (segmentDurationSMax * (index + 1)) / 20);
/** Rounding of limits that the state braked from touches exactly. */
const FRACTION_MAX = 1 + 1e-6;

export interface BrakeRequest {
  readonly from: JointCommand;
  readonly startNs: bigint;
  readonly joints: readonly JointSpec[];
  /** What runs now, if it may still be followed: it ends at rest too, and wins where it does so sooner. */
  readonly running: Segment | null;
}

/** A segment from `from` to rest within 0.4 s; its id is the stream's own. SAFETY: the gripper goes no further and keeps what it holds. */
export function brakeSegment(request: BrakeRequest): Segment {
  const { gripper } = request.from;
  return { ...brakeOfJoints(request), ...gripperField(gripper && heldGripper(gripper)) };
}

function brakeOfJoints({ from, startNs, joints, running }: BrakeRequest): Segment {
  if (isAtRest(from)) return holdSegment(from.positionRad, startNs);
  const rest = running && remainder(running, startNs);
  const restS = rest ? segmentDurationS(rest) : Number.POSITIVE_INFINITY;
  // SAFETY: a motion beyond the limits is no reason not to brake: what the brake asks is no more than what runs asks.
  const fractionMax = rest ? Math.max(FRACTION_MAX, worstFraction(rest, joints)) : FRACTION_MAX;
  let gentlest: Segment | null = null;
  let gentlestFraction = Number.POSITIVE_INFINITY;
  for (const durationS of DURATIONS_S) {
    if (durationS >= restS) break;
    const brake = quinticSegment({ id: OWN_SEGMENT_ID, startNs, from, toRad: stoppingPointRad(from, durationS), durationS });
    const fraction = worstFraction(brake, joints);
    if (fraction <= fractionMax) return brake;
    if (fraction < gentlestFraction) [gentlest, gentlestFraction] = [brake, fraction];
  }
  const best = rest ?? gentlest;
  invariant(best, "no way to brake from a state that is not finite");
  return best;
}

const isAtRest = (state: JointCommand): boolean =>
  [state.velocityRadPerS, state.accelerationRadPerS2].every((part) => part.every((value) => Math.abs(value) < 1e-9));

/** The highest share of any limit that a segment uses; NaN when it is not finite. */
function worstFraction(segment: Segment, joints: readonly JointSpec[]): number {
  return Math.max(...peakUse(segment, joints).map((use) => use.fraction)); // Math.max keeps NaN.
}

/** Where a velocity that falls as a cubic Hermite curve to zero ends: then the quintic has no fifth-order term and does not swing. */
function stoppingPointRad(from: JointCommand, durationS: number): Float64Array {
  return from.positionRad.map(
    (position, joint) =>
      position + (durationS * from.velocityRadPerS[joint]!) / 2 + (durationS ** 2 * from.accelerationRadPerS2[joint]!) / 12,
  );
}

/** What is left of a segment at `startNs`, as a segment of its own: part of a quintic is the quintic between its end states. */
function remainder(segment: Segment, startNs: bigint): Segment | null {
  const passedS = Number(startNs - segment.startNs) / 1e9;
  const left = segment.knots.filter((knot) => knot.tS > passedS + 1e-9);
  if (passedS < 0 || left.length === 0) return null;
  const knots = left.map((knot) => ({ ...knot, tS: knot.tS - passedS }));
  return { id: OWN_SEGMENT_ID, startNs, knots: [{ tS: 0, ...copyJoints(sampleSegment(segment, passedS)) }, ...knots] };
}
