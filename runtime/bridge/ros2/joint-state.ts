/** sensor_msgs/JointState to ours: joints by name in the order of the robot's spec; extra joints are left out, a missing one leaves no reading. */

import { openingAt } from "../../core/gripper.ts";
import { shorterWayRad } from "../../core/joint-angle.ts";
import type { GripperSpec } from "../../core/robot.ts";
import type { GripperReading, JointState } from "../../core/sensing.ts";
import type { JointStateMsg } from "./messages.ts";
import { fromTimeMsg } from "./time.ts";

/** `incomplete` names the joints that were not in the message. */
export type JointReading =
  | {
      readonly kind: "joints";
      readonly positionRad: Float64Array;
      readonly velocityRadPerS: Float64Array | null;
      /** Absent where the driver tells none: no entries, nothing but zeros, or nothing but NaN as ros2_control does. One NaN among numbers stays, for whoever judges them. */
      readonly effortNm?: Float64Array;
      readonly rosStampNs: bigint;
    }
  | { readonly kind: "incomplete"; readonly missing: readonly string[]; readonly found: readonly string[] };

/** `names` are ROS's, in the order of the spec. Numbers are passed on as they are, NaN too: the senses judge them. */
export function readJointState(message: JointStateMsg, names: readonly string[]): JointReading {
  const order = names.map((name) => message.name.indexOf(name));
  const missing = names.filter((_, joint) => order[joint] === -1 || order[joint]! >= message.position.length);
  if (missing.length > 0) return { kind: "incomplete", missing, found: message.name };
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (index) => values[index]!);
  const hasVelocity = order.every((index) => index < message.velocity.length && !Number.isNaN(message.velocity[index]!));
  const effortNm = order.every((index) => index < message.effort.length) ? pick(message.effort) : null;
  return {
    kind: "joints",
    positionRad: pick(message.position),
    velocityRadPerS: hasVelocity ? pick(message.velocity) : null,
    ...(effortNm?.some((value) => value !== 0 && !Number.isNaN(value)) && { effortNm }),
    rosStampNs: fromTimeMsg(message.header.stamp),
  };
}

/** The joints of the fingers as ROS calls them, in the order of the spec. */
export interface Fingers {
  readonly spec: GripperSpec;
  readonly names: readonly string[];
}

/** The opening that a message tells, and the effort of the fingers where it has one; undefined where not all fingers are in it. */
export function readFingers({ name, position, effort }: JointStateMsg, { spec, names }: Fingers): GripperReading | undefined {
  const order = names.map((finger) => name.indexOf(finger));
  if (order.some((index) => index === -1 || index >= position.length)) return undefined;
  const openingM = openingAt(
    spec,
    order.map((index) => position[index]!),
  );
  const hasEffort = order.every((index) => index < effort.length && Number.isFinite(effort[index]!));
  return hasEffort ? { openingM, effortN: Math.max(...order.map((index) => Math.abs(effort[index]!))) } : { openingM };
}

/** Longest time between two readings from which a velocity is told, nanoseconds. */
const DIFFERENCE_NS_MAX = 200_000_000n;

/** Adds the velocities that a driver does not send, by the difference of positions, the shorter way round: no joint makes half a turn between two readings. Zero for the first. */
export function createVelocityFill(): (
  reading: Extract<JointReading, { kind: "joints" }>,
  stampNs: bigint,
  receivedNs: bigint,
) => JointState {
  let last: { readonly positionRad: Float64Array; readonly stampNs: bigint } | null = null;
  return ({ positionRad, velocityRadPerS, effortNm }, stampNs, receivedNs) => {
    const dtNs = last ? stampNs - last.stampNs : 0n;
    const usable = last !== null && dtNs > 0n && dtNs <= DIFFERENCE_NS_MAX;
    const difference = (): Float64Array =>
      positionRad.map((value, joint) => (usable ? (shorterWayRad(value - last!.positionRad[joint]!) * 1e9) / Number(dtNs) : 0));
    const state: JointState = {
      positionRad,
      velocityRadPerS: velocityRadPerS ?? difference(),
      stampNs,
      receivedNs,
      ...(effortNm && { effortNm }),
    };
    last = { positionRad, stampNs };
    return state;
  };
}
