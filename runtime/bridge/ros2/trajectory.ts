/** Our segments as trajectory_msgs/JointTrajectory, and the checks that a controller does not make or does not explain. */
import { secondsToNs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { JointCommand, Segment } from "../../core/motion.ts";
import { sampleSegment, segmentDurationS } from "../../core/segment.ts";
import type { TrajectoryMsg, TrajectoryPointMsg } from "./messages.ts";
import { toTimeMsg } from "./time.ts";

export interface TrajectoryOptions {
  /** ROS's names, in the order of the spec. */
  readonly names: readonly string[];
  /** What of the segment has passed when the controller will begin, seconds, 0 or more. */
  readonly passedS: number;
  /** ROS time at which the first moment of what is left begins; null for the moment it arrives (stamp 0). */
  readonly stampNs: bigint | null;
}

/** A knot at least this long after the beginning, seconds: a controller blends into it from where it is. */
const FIRST_S_MIN = 0.02;

/**
 * The rest of a segment: its knots that are to come, each with position, velocity and acceleration. A controller that interpolates with
 * quintics, as joint_trajectory_controller does, then follows the segment itself; there is no point at time 0, so that none jumps.
 */
export function toTrajectory(segment: Segment, { names, passedS, stampNs }: TrajectoryOptions): TrajectoryMsg {
  const durationS = segmentDurationS(segment);
  const knots = segment.knots.filter((knot) => knot.tS - passedS >= FIRST_S_MIN);
  const last = segment.knots.at(-1)!;
  const points = knots.map((knot) => toPoint(knot, knot.tS - passedS));
  // All but over: what is left is to be at rest there.
  if (points.length === 0) points.push(toPoint(sampleSegment(segment, Math.max(durationS, last.tS)), FIRST_S_MIN));
  return { header: { stamp: stampNs === null ? { sec: 0, nanosec: 0 } : toTimeMsg(stampNs), frame_id: "" }, joint_names: names, points };
}

function toPoint({ positionRad, velocityRadPerS, accelerationRadPerS2 }: JointCommand, tS: number): TrajectoryPointMsg {
  return {
    positions: [...positionRad],
    velocities: [...velocityRadPerS],
    accelerations: [...accelerationRadPerS2],
    effort: [],
    time_from_start: toTimeMsg(secondsToNs(tS)),
  };
}

/** Throws AgentError `robot.rejected` for what a controller would refuse without a reason, or worse, take: see ros2_controllers#700. */
export function checkTrajectory({ joint_names, points }: TrajectoryMsg, jointCount: number): void {
  const refuse = (why: string): never => {
    throw new AgentError("robot.rejected", `trajectory: ${why}; it was not sent: tell whoever wrote the planner or the driver`);
  };
  if (joint_names.length !== jointCount || new Set(joint_names).size !== jointCount)
    refuse(`names ${joint_names.join(", ")}, must be ${jointCount} different joints`);
  let beforeS = 0;
  for (const [index, point] of points.entries()) {
    const tS = point.time_from_start.sec + point.time_from_start.nanosec / 1e9;
    if (!(tS > beforeS)) refuse(`point ${index} is at ${tS} s, must be after ${beforeS} s`);
    beforeS = tS;
    for (const values of [point.positions, point.velocities, point.accelerations]) {
      if (values.length !== jointCount) refuse(`point ${index} has ${values.length} values, must have ${jointCount}`);
      if (!values.every(Number.isFinite)) refuse(`point ${index} is not finite`);
    }
  }
  const moving = points.at(-1)?.velocities.some((value) => Math.abs(value) > 1e-6) ?? true;
  if (moving) refuse(points.length === 0 ? "has no points" : "moves at its last point, must be at rest");
}
