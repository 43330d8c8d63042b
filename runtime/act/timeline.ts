/** What is commanded when: the accepted segments in order of their start stamps. Kept by the stream and, as a copy, by the agent's side of a robot. */
import { secondsToNs } from "../core/clock.ts";
import { invariant } from "../core/errors.ts";
import { gripperField } from "../core/gripper.ts";
import type { GripperCommand, JointCommand, Segment } from "../core/motion.ts";
import { atRest, sampleSegment, segmentDurationS, segmentRestRad } from "../core/segment.ts";

/** Id of segments that no one sent: brakes and holds. */
export const OWN_SEGMENT_ID = -1;
/** Segments remembered, so that the past few decisions can still be asked for. */
const HISTORY_MAX = 16;
const HOLD_S = 0.004;

export interface Timeline {
  /** From its start stamp on this segment holds; whatever was to start then or later is dropped. One that tells the gripper nothing takes over what it was told before. */
  insert(segment: Segment): void;
  /** The commanded state at an instant: at rest before the first and after the last segment. A copy. */
  commandedAt(stampNs: bigint): JointCommand;
  /** The segment that holds at an instant. */
  segmentAt(stampNs: bigint): Segment;
  /** Where the arm comes to rest, shape (jointCount); a copy. */
  restRad(): Float64Array;
  /** Seconds from `stampNs` until everything accepted is at rest; 0 when it is. */
  restInS(stampNs: bigint): number;
}

/** Starts at rest at `initialRad`, shape (jointCount). */
export function createTimeline(initialRad: ArrayLike<number>, startNs: bigint): Timeline {
  let segments: readonly Segment[] = [holdSegment(initialRad, startNs)];
  const last = (): Segment => {
    const segment = segments.at(-1);
    invariant(segment, "timeline without segments");
    return segment;
  };
  const segmentAt = (stampNs: bigint): Segment => segments.findLast((segment) => segment.startNs <= stampNs) ?? segments[0] ?? last();
  return {
    insert(segment) {
      const earlier = segments.filter((each) => each.startNs < segment.startNs);
      segments = [...earlier, withGripper(segment, earlier.at(-1)?.gripper)].slice(-HISTORY_MAX);
    },
    commandedAt(stampNs) {
      const segment = segmentAt(stampNs);
      if (stampNs < segment.startNs) return atRest(segment.knots[0]?.positionRad ?? segmentRestRad(segment), segment.gripper);
      return sampleSegment(segment, Number(stampNs - segment.startNs) / 1e9);
    },
    segmentAt,
    restRad: () => segmentRestRad(last()),
    restInS: (stampNs) => (isHold(last()) ? 0 : Math.max(0, Number(segmentEndNs(last()) - stampNs) / 1e9)),
  };
}

const withGripper = (segment: Segment, before: GripperCommand | undefined): Segment =>
  segment.gripper || !before ? segment : { ...segment, gripper: before };

/** The stamp at which a segment is at rest. */
export const segmentEndNs = (segment: Segment): bigint => segment.startNs + secondsToNs(segmentDurationS(segment));

/** Whether a segment stays where it starts. */
function isHold({ id, knots }: Segment): boolean {
  const still = knots.every(
    (knot) => knot.velocityRadPerS.every((value) => value === 0) && knot.accelerationRadPerS2.every((value) => value === 0),
  );
  return (
    id === OWN_SEGMENT_ID &&
    still &&
    knots.every((knot) => knot.positionRad.every((value, joint) => value === knots[0]?.positionRad[joint]))
  );
}

/** Staying at a position, shape (jointCount). */
export function holdSegment(positionRad: ArrayLike<number>, startNs: bigint, gripper?: GripperCommand): Segment {
  const rest = Float64Array.from(positionRad);
  return {
    id: OWN_SEGMENT_ID,
    startNs,
    knots: [
      { tS: 0, ...atRest(rest) },
      { tS: HOLD_S, ...atRest(rest) },
    ],
    ...gripperField(gripper),
  };
}
