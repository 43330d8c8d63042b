/**
 * Whether a segment may join the command stream: pure checks, the first objection wins.
 * SAFETY: nobody can have the joints driven harder than their limits, with or without the agent's guards, which make a motion smaller where this one refuses it; position and
 * speed are held command by command (runtime/guard/last-guard.ts).
 */
import { AgentError } from "../core/errors.ts";
import { gripperObjection } from "../core/gripper.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import { peakUse, segmentDurationSMax, type Use } from "../core/segment.ts";

export type RejectReason = "stopped" | "malformed" | "id" | "late" | "early" | "queue" | "discontinuous" | "hard" | "stalled";

/** `accepted` carries the segment that will be followed. */
export type Admission =
  | { readonly kind: "accepted"; readonly segment: Segment }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

export type Rejection = Extract<Admission, { kind: "rejected" }>;

/** What whoever sent it is told: one that only missed its start, or was planned before the stream braked by itself; anything else is a motion that must not be. */
export const refusalOf = ({ reason, message }: Rejection): AgentError =>
  new AgentError(reason === "late" ? "plan.late" : reason === "stalled" ? "robot.stalled" : "robot.rejected", message);

/** How far a segment's first knot may be from the commanded state at its start stamp. */
const POSITION_TOLERANCE_RAD = 1e-3;
const VELOCITY_TOLERANCE_RAD_PER_S = 1e-2;
const ACCELERATION_TOLERANCE_RAD_PER_S2 = 1;
/** How far ahead a segment may start, seconds. */
const AHEAD_S_MAX = 1;
const KNOTS_MAX = 16;
const HOW_HARD: ReadonlySet<Use["quantity"]> = new Set(["acceleration", "jerk"]);
/** Of a limit: rounding, and what the start may be from the commanded state. */
const LIMIT_FRACTION_MAX = 1 + 1e-3;

export interface AdmissionState {
  readonly nowNs: bigint;
  readonly spec: RobotSpec;
  readonly lastId: number;
  readonly stopReason: string | null;
  /** A segment accepted earlier that has not started. */
  readonly pending: Segment | null;
  commandedAt(stampNs: bigint): JointCommand;
}

export function admit(segment: Segment, state: AdmissionState): Admission {
  const reject = (reason: RejectReason, message: string): Admission => ({
    kind: "rejected",
    reason,
    message: `segment ${segment.id}: ${message}`,
  });
  if (state.stopReason !== null) return reject("stopped", `the arm is stopped (${state.stopReason}); resume first`);
  const malformed = shapeObjection(segment, state.spec.joints.length) ?? gripperMisfit(segment, state.spec);
  if (malformed) return reject("malformed", malformed);
  if (!(Number.isSafeInteger(segment.id) && segment.id > state.lastId))
    return reject("id", `id must be an integer above ${state.lastId}; number segments upwards`);
  const aheadMs = Number(segment.startNs - state.nowNs) / 1e6;
  if (aheadMs < 0)
    return reject("late", `starts ${(-aheadMs).toFixed(1)} ms in the past, must be 0 ms or more ahead; leave more time to hand it over`);
  if (aheadMs > AHEAD_S_MAX * 1e3)
    return reject("early", `starts ${aheadMs.toFixed(0)} ms ahead, must be at most ${AHEAD_S_MAX * 1e3} ms; send it later`);
  if (state.pending && segment.startNs > state.pending.startNs)
    return reject("queue", `segment ${state.pending.id} has not started, at most one may wait; start no later than it to replace it`);
  const jump = discontinuity(segment, state.commandedAt(segment.startNs), state.spec);
  if (jump) return reject("discontinuous", jump);
  const hard = tooHard(segment, state.spec);
  return hard ? reject("hard", hard) : { kind: "accepted", segment };
}

function shapeObjection(segment: Segment, jointCount: number): string | null {
  const { knots } = segment;
  if (knots.length < 2 || knots.length > KNOTS_MAX) return `has ${knots.length} knots, must have 2 to ${KNOTS_MAX}; send as many`;
  if (knots[0]?.tS !== 0) return `first knot is at ${knots[0]?.tS} s, must be at 0 s; count from the start`;
  for (const [index, knot] of knots.entries()) {
    const parts = [knot.positionRad, knot.velocityRadPerS, knot.accelerationRadPerS2];
    const wrong = parts.find((part) => part.length !== jointCount);
    if (wrong) return `knot ${index} has ${wrong.length} joint values, must have ${jointCount}; give one for each joint`;
    if (!parts.every((part) => part.every(Number.isFinite))) return `knot ${index} is not finite; look at what planned it`;
    if (index > 0 && !(knot.tS > (knots[index - 1]?.tS ?? 0)))
      return `knot ${index} at ${knot.tS} s must be after the knot before it; order them`;
  }
  const last = knots.at(-1);
  if (!last || !(last.tS <= segmentDurationSMax + 1e-9))
    return `lasts ${last?.tS} s, must be at most ${segmentDurationSMax} s; send a shorter one`;
  const moving = [...last.velocityRadPerS, ...last.accelerationRadPerS2].some((value) => Math.abs(value) > 1e-6);
  return moving ? "last knot moves, must be at rest; let each segment end so" : null;
}

function gripperMisfit({ gripper }: Segment, spec: RobotSpec): string | null {
  const why = gripper ? gripperObjection(gripper, spec.gripper) : null;
  return why && `robot "${spec.name}": ${why}`;
}

/** Where a segment asks more acceleration or jerk of a joint than its limits allow, or null. SAFETY: NaN is too much. */
function tooHard(segment: Segment, spec: RobotSpec): string | null {
  const use = peakUse(segment, spec.joints).find(({ quantity, fraction }) => HOW_HARD.has(quantity) && !(fraction <= LIMIT_FRACTION_MAX));
  if (!use) return null;
  const [value, bound] = [use.value, use.bound].map((each) => Math.abs(each).toFixed(2));
  return `joint "${use.joint}": ${use.quantity} ${value} ${use.unit} is above ${bound} ${use.unit}; ask for a smaller or a slower motion`;
}

/** How a segment's start differs from the commanded state there, or null when it does not. */
function discontinuity(segment: Segment, commanded: JointCommand, spec: RobotSpec): string | null {
  const first = segment.knots[0];
  if (!first) return "has no first knot; send at least two";
  for (const [joint, { name }] of spec.joints.entries()) {
    const jumpRad = Math.abs(first.positionRad[joint]! - commanded.positionRad[joint]!);
    if (!(jumpRad <= POSITION_TOLERANCE_RAD)) return objection(name, jumpRad, "rad", POSITION_TOLERANCE_RAD);
    const jumpRadPerS = Math.abs(first.velocityRadPerS[joint]! - commanded.velocityRadPerS[joint]!);
    if (!(jumpRadPerS <= VELOCITY_TOLERANCE_RAD_PER_S)) return objection(name, jumpRadPerS, "rad/s", VELOCITY_TOLERANCE_RAD_PER_S);
    const jumpRadPerS2 = Math.abs(first.accelerationRadPerS2[joint]! - commanded.accelerationRadPerS2[joint]!);
    if (!(jumpRadPerS2 <= ACCELERATION_TOLERANCE_RAD_PER_S2))
      return objection(name, jumpRadPerS2, "rad/s^2", ACCELERATION_TOLERANCE_RAD_PER_S2);
  }
  return null;
}

const objection = (joint: string, jump: number, unit: string, max: number): string =>
  `joint "${joint}" starts ${jump.toFixed(4)} ${unit} from the commanded state, must be within ${max} ${unit}; start from commandedAt(startNs)`;
