/** Inverse kinematics: damped least squares (Wampler 1986; residual-scaled damping, Sugihara 2011) with a null-space pull to the rest posture. */
import { invariant } from "../core/errors.ts";
import { angleRad } from "../core/joint-angle.ts";
import type { RobotSpec } from "../core/robot.ts";
import { boundsOf } from "../core/segment.ts";
import type { Vec3 } from "../core/vec3.ts";
import { downQuaternion, normalize, type Quaternion, rotationBetween, turnToDown } from "./quaternion.ts";
import { solveSpd } from "./solve-spd.ts";

/** Where the tool shall be, in the base frame. */
export interface InverseRequest {
  /** Where to start and stay near, shape (jointCount). */
  readonly seedRad: ArrayLike<number>;
  readonly positionM: Vec3;
  /**
   * (w, x, y, z); or "down": tool z straight down, tool x turned by yawRad from base x.
   * An arm of fewer than six joints takes any yaw, and where it cannot point down at the place it tilts the tool as little as it can, by TILT_RAD_MAX at most.
   */
  readonly quaternion: Quaternion | "down";
  /** Only with "down"; 0 when absent. */
  readonly yawRad?: number;
}

/** The best posture found; `converged` says whether it fits the tolerances. */
export interface InverseResult {
  /** Shape (jointCount), finite, inside the joint limits by JOINT_MARGIN_RAD. */
  readonly positionRad: Float64Array;
  readonly residualM: number;
  readonly residualRad: number;
  readonly converged: boolean;
}

/** Tool pose at a joint position; also fills the Jacobian (6, jointCount) when given one. */
export type PoseAt = (
  positionRad: Float64Array,
  jacobian: Float64Array | null,
) => { readonly positionM: Vec3; readonly quaternion: Quaternion };

interface Orientation {
  /** How the tool must still turn: world-frame rotation vector, rad. */
  turnFrom(current: Quaternion): readonly [number, number, number];
  /** What of it counts: all, all but the turn about the vertical, or nothing, the place comes first. */
  readonly counts: "all" | "tilt" | "nothing";
}

/** Joints that a tool needs for a place and a full orientation. */
const FULL_POSE_JOINTS = 6;
/** Further from straight down a tool of an arm of fewer than six joints is not pointing down any more. */
export const TILT_RAD_MAX = Math.PI / 4;
export const JOINT_MARGIN_RAD = 0.02;
export const TOLERANCE_M = 1e-6;
export const TOLERANCE_RAD = 1e-5;
const ITERATIONS_MAX = 60;
/** A radian of misorientation weighs as much as this many metres. */
const RAD_AS_M = 0.25;
const DAMPING_MIN = 1e-8; // m^2
const DAMPING_PER_RESIDUAL = 0.02; // m^2 of damping per m^2 of residual
const STEP_MAX_RAD = 0.25;
const PULL_GAIN = 0.2;
/** Bounds how far one iteration moves a joint along the null space, so a small tool step never becomes a large change of posture. */
const PULL_MAX_RAD = 0.015;
/** Only the first iterations pull: the later ones then converge quadratically. */
const PULL_ITERATIONS = 4;
/** Gives up after so many iterations without SHRINK_MIN of the best cost gained: the pose is out of reach. */
const STALL_ITERATIONS = 12;
const SHRINK_MIN = 0.98;

/** Solves for the request; deterministic; never throws on numbers: what cannot be used gives converged = false. */
export function solveInverse(spec: RobotSpec, request: InverseRequest, poseAt: PoseAt): InverseResult {
  const count = spec.joints.length;
  invariant(request.seedRad.length === count, `"${spec.name}" has ${count} joints, not ${request.seedRad.length}`);
  const goal = orientationOf(request, count);
  const seedIsFinite = Array.from(request.seedRad).every(Number.isFinite);
  const position = Float64Array.from(spec.joints, (_, i) => clampToLimits(spec, i, seedIsFinite ? request.seedRad[i]! : spec.homeRad[i]!));
  if (!seedIsFinite || !goal || !request.positionM.every(Number.isFinite)) {
    return { positionRad: position, residualM: Number.POSITIVE_INFINITY, residualRad: Number.POSITIVE_INFINITY, converged: false };
  }
  const best = descend(spec, position, request.positionM, goal, poseAt);
  if (best.converged || goal.counts === "all") return best;
  return descend(spec, best.positionRad, request.positionM, { ...goal, counts: "nothing" }, poseAt);
}

/** Null when the request has no direction. */
function orientationOf({ quaternion, yawRad = 0 }: InverseRequest, jointCount: number): Orientation | null {
  const goal = normalize(quaternion === "down" ? downQuaternion(yawRad) : quaternion);
  if (!goal) return null;
  if (quaternion === "down" && jointCount < FULL_POSE_JOINTS) return { turnFrom: turnToDown, counts: "tilt" };
  return { turnFrom: (current) => rotationBetween(current, goal), counts: "all" };
}

function descend(spec: RobotSpec, position: Float64Array, goalM: Vec3, goal: Orientation, poseAt: PoseAt): InverseResult {
  const jacobian = new Float64Array(6 * position.length);
  const error = new Float64Array(6);
  let best = {
    positionRad: position.slice(),
    residualM: Number.POSITIVE_INFINITY,
    residualRad: Number.POSITIVE_INFINITY,
    converged: false,
  };
  let bestCost = Number.POSITIVE_INFINITY;
  let stalled = 0;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const pose = poseAt(position, jacobian);
    for (let i = 0; i < 3; i++) error[i] = goalM[i]! - pose.positionM[i]!;
    const turn = goal.turnFrom(pose.quaternion);
    for (let i = 0; i < 3; i++) error[3 + i] = turn[i]! * RAD_AS_M;
    const residualM = Math.hypot(error[0]!, error[1]!, error[2]!);
    const residualRad = Math.hypot(...turn);
    const cost = residualM ** 2 + (goal.counts === "nothing" ? 0 : (residualRad * RAD_AS_M) ** 2);
    stalled = cost < bestCost * SHRINK_MIN ? 0 : stalled + 1;
    if (stalled > STALL_ITERATIONS) return best;
    if (cost < bestCost) {
      bestCost = cost;
      const converged = residualM <= TOLERANCE_M && residualRad <= (goal.counts === "nothing" ? TILT_RAD_MAX : TOLERANCE_RAD);
      best = { positionRad: position.slice(), residualM, residualRad, converged };
      if (converged) return best;
    }
    if (goal.counts !== "all") jacobian.fill(0, (goal.counts === "tilt" ? 5 : 3) * position.length);
    for (let i = 3 * position.length; i < jacobian.length; i++) jacobian[i]! *= RAD_AS_M;
    const pull = iteration < PULL_ITERATIONS && goal.counts !== "nothing" ? PULL_GAIN : 0;
    if (!step(spec, position, jacobian, error, DAMPING_MIN + DAMPING_PER_RESIDUAL * cost, pull)) return best;
  }
  return best;
}

/** Moves `position` by one damped step; joints that reach a limit stay there and the others take over. False when the system cannot be solved. */
function step(
  spec: RobotSpec,
  position: Float64Array,
  jacobian: Float64Array,
  error: Float64Array,
  damping: number,
  pull: number,
): boolean {
  const count = position.length;
  const change = Float64Array.from(position, (value, i) =>
    bound(pull * angleRad(spec.joints[i]!.type, value, spec.homeRad[i]!), PULL_MAX_RAD),
  );
  const locked = new Uint8Array(count);
  for (let pass = 0; pass <= count; pass++) {
    const solved = leastSquares(jacobian, error, change, locked, damping);
    if (!solved) return false;
    const largest = solved.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest > STEP_MAX_RAD ? STEP_MAX_RAD / largest : 1;
    let newlyLocked = false;
    for (let i = 0; i < count; i++) {
      const wanted = position[i]! + solved[i]! * scale;
      const allowed = clampToLimits(spec, i, wanted);
      if (allowed === wanted || locked[i]) continue;
      locked[i] = 1;
      change[i] = allowed - position[i]!;
      newlyLocked = true;
    }
    if (newlyLocked) continue;
    for (let i = 0; i < count; i++) position[i] = clampToLimits(spec, i, position[i]! + solved[i]! * scale);
    return true;
  }
  return false;
}

/** change + J^T (J J^T + damping I)^-1 (error - J change) over the joints that are not locked; locked joints make exactly `change`. */
function leastSquares(
  jacobian: Float64Array,
  error: Float64Array,
  change: Float64Array,
  locked: Uint8Array,
  damping: number,
): Float64Array | null {
  const count = change.length;
  const gram = new Float64Array(36);
  const rest = error.slice();
  for (let row = 0; row < 6; row++) {
    for (let i = 0; i < count; i++) rest[row]! -= jacobian[row * count + i]! * change[i]!;
    for (let column = 0; column <= row; column++) {
      let sum = row === column ? damping : 0;
      for (let i = 0; i < count; i++) if (!locked[i]) sum += jacobian[row * count + i]! * jacobian[column * count + i]!;
      gram[row * 6 + column] = sum;
    }
  }
  if (!solveSpd(gram, rest)) return null;
  const solved = change.slice();
  for (let i = 0; i < count; i++) {
    if (locked[i]) continue;
    for (let row = 0; row < 6; row++) solved[i]! += jacobian[row * count + i]! * rest[row]!;
  }
  return solved;
}

function clampToLimits(spec: RobotSpec, index: number, valueRad: number): number {
  const [min, max] = boundsOf(spec.joints[index]!, 0);
  return Math.min(max - JOINT_MARGIN_RAD, Math.max(min + JOINT_MARGIN_RAD, valueRad));
}

const bound = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
