/** The ROS messages that the bridge reads and writes, field by field; numbers in arrays come as typed arrays, 64-bit integers as bigint. */

export interface TimeMsg {
  readonly sec: number;
  readonly nanosec: number;
}

export interface HeaderMsg {
  readonly stamp: TimeMsg;
  readonly frame_id: string;
}

/** sensor_msgs/msg/JointState */
export interface JointStateMsg {
  readonly header: HeaderMsg;
  readonly name: readonly string[];
  readonly position: ArrayLike<number>;
  readonly velocity: ArrayLike<number>;
  readonly effort: ArrayLike<number>;
}

/** sensor_msgs/msg/Image */
export interface ImageMsg {
  readonly header: HeaderMsg;
  readonly height: number;
  readonly width: number;
  readonly encoding: string;
  readonly is_bigendian: number;
  /** Bytes from one row to the next. */
  readonly step: number;
  readonly data: Uint8Array;
}

/** sensor_msgs/msg/CompressedImage */
export interface CompressedImageMsg {
  readonly header: HeaderMsg;
  readonly format: string;
  readonly data: Uint8Array;
}

/** sensor_msgs/msg/CameraInfo, what is used of it */
export interface CameraInfoMsg {
  readonly header: HeaderMsg;
  readonly height: number;
  readonly width: number;
  readonly distortion_model: string;
  readonly d: ArrayLike<number>;
  /** Row-major 3x3: fx 0 cx, 0 fy cy, 0 0 1, pixels. */
  readonly k: ArrayLike<number>;
}

/** rosgraph_msgs/msg/Clock */
export interface ClockMsg {
  readonly clock: TimeMsg;
}

export interface Vector3Msg {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface QuaternionMsg extends Vector3Msg {
  readonly w: number;
}

export interface TransformMsg {
  readonly translation: Vector3Msg;
  readonly rotation: QuaternionMsg;
}

/** geometry_msgs/msg/TransformStamped */
export interface TransformStampedMsg {
  readonly header: HeaderMsg;
  readonly child_frame_id: string;
  readonly transform: TransformMsg;
}

/** tf2_msgs/msg/TFMessage */
export interface TfMsg {
  readonly transforms: readonly TransformStampedMsg[];
}

export interface TrajectoryPointMsg {
  readonly positions: readonly number[];
  readonly velocities: readonly number[];
  readonly accelerations: readonly number[];
  readonly effort: readonly number[];
  readonly time_from_start: TimeMsg;
}

/** trajectory_msgs/msg/JointTrajectory */
export interface TrajectoryMsg {
  readonly header: HeaderMsg;
  readonly joint_names: readonly string[];
  readonly points: readonly TrajectoryPointMsg[];
}

/** control_msgs/action/FollowJointTrajectory result */
export interface FollowResultMsg {
  readonly error_code: number;
  readonly error_string: string;
}

/** diagnostic_msgs/msg/DiagnosticStatus; level 0 ok, 1 warn, 2 error, 3 stale */
export interface DiagnosticStatusMsg {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly hardware_id: string;
  readonly values: readonly { readonly key: string; readonly value: string }[];
}
