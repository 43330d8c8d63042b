/** What the sensors deliver: pictures, joint readings, and both aligned into an observation. SI units, stamps in bigint nanoseconds. */
import type { Vec3 } from "./vec3.ts";

/** One camera picture: RGB, row-major, 3 bytes a pixel, shape (heightPx, widthPx, 3). */
export interface Frame {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
  /** When the source says the picture was taken. */
  readonly stampNs: bigint;
  /** When we received it, on our monotonic clock. */
  readonly receivedNs: bigint;
}

/** What is felt at the fingers. */
export interface GripperReading {
  /** Between the fingers, measured: more than was commanded where they hold something. */
  readonly openingM: number;
  /** Between the fingers, where the robot tells it. */
  readonly effortN?: number;
}

/** One reading of all joint encoders, in the order of the robot's spec; `gripper` where the robot has one and tells it. */
export interface JointState {
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  /** What each drive gives, N m, shape (jointCount), the arm's own weight with it; where the arm tells it. */
  readonly effortNm?: Float64Array;
  readonly gripper?: GripperReading;
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
}

/** What a sensor delivered, before alignment. */
export type Sample = { readonly kind: "frame"; readonly frame: Frame } | { readonly kind: "joints"; readonly joints: JointState };

/** Aligned sensor data: the joints nearest in source time to the pictures, one picture per camera in the model's order. */
export interface Observation {
  readonly stampNs: bigint;
  /** Receipt of the oldest part: ages are judged by it. */
  readonly receivedNs: bigint;
  readonly frames: readonly Frame[];
  readonly joints: JointState;
}

/** A camera at a fixed place in the world (the robot's base frame). */
export interface CameraSpec {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Vertical field of view. */
  readonly fovYRad: number;
  readonly positionM: Vec3;
  /** The point it looks at; the picture's up is world z. */
  readonly targetM: Vec3;
}
