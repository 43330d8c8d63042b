/** Errors of the world: typed, with the facts in the message; runtime/supervise/decide.ts alone chooses what follows. */
export const ERROR_CODES = [
  "sense.stale",
  "sense.frozen-frame",
  "sense.not-finite",
  "sense.wrong-size",
  "sense.out-of-range",
  "sense.jump",
  "sense.duplicate-stamp",
  "sense.backward-stamp",
  "model.missing",
  "model.corrupt",
  "model.mismatch",
  "model.not-finite",
  "model.surprised",
  "model.constant",
  "session.provider",
  "session.failed",
  "plan.infeasible",
  "plan.late",
  "goal.mismatch",
  "goal.unreachable",
  "kinematics.unreachable",
  "guard.stop",
  "robot.rejected",
  "robot.lost",
  "robot.aborted",
  "robot.stalled",
  "robot.contact",
  "skill.timeout",
  "launch.invalid",
  "data.missing",
  "data.corrupt",
  "data.mismatch",
  "train.diverged",
  "train.checkpoint",
  "bridge.missing",
  "bridge.failed",
  "bridge.timeout",
  "bridge.lost",
  "bridge.refused",
  "bridge.mismatch",
  "dashboard.port",
  "state.unwritable",
  "stop.operator",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Something went wrong in the world (not a bug). The message says subject, value, bound, unit and remedy. */
export class AgentError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AgentError";
    this.code = code;
  }
}

/** A computer that was busy: the motion missed its start, or the arm braked meanwhile. It rests, or is about to, and the next motion is planned from there. */
export const cameTooLate = (error: unknown): boolean =>
  error instanceof AgentError && (error.code === "plan.late" || error.code === "robot.stalled");

/** Throws when something that must hold does not: a bug, never bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}
