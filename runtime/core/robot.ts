/** What an arm is, and the arm as the agent sees it. */
import type { Observable } from "rxjs";
import type { AgentError } from "./errors.ts";
import type { JointCommand, Segment, SegmentEvent } from "./motion.ts";
import type { Sample } from "./sensing.ts";

export interface JointSpec {
  readonly name: string;
  /** revolute (default): within its limits. continuous: turns for ever; its limits are -Infinity and Infinity, and its angles count modulo a turn. */
  readonly type?: "revolute" | "continuous";
  readonly positionMinRad: number;
  readonly positionMaxRad: number;
  readonly velocityMaxRadPerS: number;
  readonly accelerationMaxRadPerS2: number;
  readonly jerkMaxRadPerS3: number;
  readonly torqueMaxNm: number;
}

/** A joint of the robot's model that moves a finger, where the gripper is closed and where it is wide open. */
export type FingerSpec =
  | { readonly kind: "slide"; readonly joint: string; readonly closedM: number; readonly openM: number }
  | { readonly kind: "hinge"; readonly joint: string; readonly closedRad: number; readonly openRad: number };

/** What grips at the end of an arm. The opening is the distance between the fingers, and goes evenly with their joints. */
export interface GripperSpec {
  /** Fingers together, and wide open. */
  readonly openingMinM: number;
  readonly openingMaxM: number;
  /** Of the opening, both fingers together. */
  readonly speedMaxMPerS: number;
  /** Between the fingers. */
  readonly forceMaxN: number;
  /** At least one; they move together. */
  readonly fingers: readonly FingerSpec[];
  /** In the robot's model: a position servo that takes the first finger's value. */
  readonly actuator: string;
}

export interface RobotSpec {
  readonly name: string;
  /** Where the limits come from: data sheet, file, page. */
  readonly source: string;
  readonly joints: readonly JointSpec[];
  /** Rest posture, shape (jointCount). */
  readonly homeRad: readonly number[];
  /** MJCF of the robot alone, absolute path. */
  readonly modelPath: string;
  /** Site in that model which is the tool point; its z axis points out of the tool. */
  readonly toolSite: string;
  /** Absent: the arm has none, and refuses to be told to grip. */
  readonly gripper?: GripperSpec;
}

/** A robot as the agent sees it: senses out, segments in. The last accepted segment is always safe to be the last. */
export interface Robot extends AsyncDisposable {
  readonly spec: RobotSpec;
  /** Every sensor sample from now until `signal` aborts; errors are AgentErrors. */
  observe(signal: AbortSignal): Observable<Sample>;
  /** Resolves on acceptance with the segment actually accepted; throws AgentError `robot.rejected`. In lockstep it resolves after the world advanced one decision period. */
  act(segment: Segment): Promise<Segment>;
  readonly events: Observable<SegmentEvent>;
  /** Why the robot stopped by itself, where it can: it takes segments again after `resume`. */
  readonly faults?: Observable<AgentError>;
  /** Brakes and holds that no decision sent, where it tells them: each is commanded from its start on. */
  readonly overrides?: Observable<Segment>;
  /** The commanded state at a robot-clock instant, given what was accepted so far. */
  commandedAt(stampNs: bigint): JointCommand;
  /** Brings the arm to rest within 0.4 s and rejects segments until `resume`. */
  stop(reason: string): Promise<void>;
  resume(): Promise<void>;
}
