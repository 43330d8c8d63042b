/** What the keeper needs of an arm: sensor samples out, joint commands in. One driver per kind of arm or simulator. */
import type { Observable } from "rxjs";
import type { AgentError } from "../core/errors.ts";
import type { GripperCommand, JointCommand, Segment } from "../core/motion.ts";
import type { GripperSpec, JointSpec } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";

/**
 * set-points (default): one command a beat; while none comes the arm stays at the last one.
 * motions: whole segments by `follow`; while nothing comes the arm goes on along the last one to its end, at rest.
 */
export type Takes = "set-points" | "motions";

export interface Driver extends AsyncDisposable {
  /** What the arm is told, and so what it does while nothing is said: see `Takes`. */
  readonly takes?: Takes;
  /** Every sensor sample until `signal` aborts; an error means that the arm is lost. */
  samples(signal: AbortSignal): Observable<Sample>;
  /**
   * Called at the stream's rate with what to be at `stampNs`; the driver copies what it keeps. Throws when the arm is lost.
   * A command without `gripper` leaves the gripper as it is; one with it is the same beat after beat until another is told.
   */
  command(command: JointCommand, stampNs: bigint): void;
  /** Called at the stream's rate, after the command of that beat and also where none may be sent: what is to be watched. Throws when the arm is lost. */
  tick?(nowNs: bigint): void;
  /** Told, before the command of that beat, which segment holds from now on: one that was accepted, a brake or a hold. For arms that take whole motions. */
  follow?(segment: Segment, nowNs: bigint): void;
  /** What went wrong although the arm is not lost: it refused or ended a motion, or someone else moves it. The keeper brakes and tells the agent. */
  readonly faults?: Observable<AgentError>;
  /** Asked at a resume: whether the place where the arm stands by its settled readings, shape (jointCount), is not where it was commanded to be. */
  isElsewhere?(restRad: Float64Array): boolean;
  /** How long disposing may take beyond the usual, where the arm goes to a place of its own before it lets go. */
  readonly leaveMsMax?: number;
  /** The arm is at rest and no command will follow: engage brakes, hold. */
  stop?(reason: string): void;
  /** Requests that are no motion: ground truth, goal pictures. Throws AgentError. */
  answer?(name: string, payload: unknown): Promise<unknown>;
  /** Requests that put the arm elsewhere (a simulator's reset): the keeper sends no command meanwhile and goes on from `restRad`. */
  readonly placements?: readonly string[];
  place?(name: string, payload: unknown): Promise<Placed>;
}

/** Where a placement left the arm, shape (jointCount), and its gripper where it was placed too, and its answer. */
export interface Placed {
  readonly restRad: Float64Array;
  readonly gripper?: GripperCommand;
  readonly answer: unknown;
}

/** A world that moves only when it is told to: lockstep. */
export interface SteppableDriver extends AsyncDisposable {
  /** Holds one command for `dtS` seconds. */
  step(command: JointCommand, dtS: number): void;
  /** What the sensors show now, stamped `stampNs`. */
  samplesNow(stampNs: bigint): readonly Sample[];
  answer?: Driver["answer"];
  readonly placements?: readonly string[];
  place?: Driver["place"];
}

/**
 * The last check of each streamed command: given the previous one sent and the length of a beat, what may be sent instead.
 * SAFETY: always the beat, however long nothing was sent: an arm that stood still meanwhile has no more than that to get there.
 * `heldWhy` is null when the command itself may be sent.
 */
export type LastGuard = (
  previous: JointCommand,
  command: JointCommand,
  dtS: number,
  joints: readonly JointSpec[],
  gripper?: GripperSpec,
) => { readonly command: JointCommand; readonly heldWhy: string | null };
