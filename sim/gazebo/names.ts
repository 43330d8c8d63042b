/** The names that an exported world, its topics and whoever talks to it agree on; `robot`, `camera`, `joint` are names of the launch file and the robot's spec. */

export const WORLD = "foresight";
/** Models of the world beside the robot, whose model has the robot's own name; a link of a fixed or loose thing is called LINK. */
export const LINK = "link";
export const CAMERAS = "cameras";

export const topicOf = {
  /** Image, RGB_INT8. */
  image: (camera: string): string => `/camera/${camera}/image`,
  cameraInfo: (camera: string): string => `/camera/${camera}/camera_info`,
  /** Model: joint[].name, axis1.position (rad or m), axis1.velocity; once a physics step. */
  jointState: (robot: string): string => `/world/${WORLD}/model/${robot}/joint_state`,
  /** JointTrajectory. */
  trajectory: (robot: string): string => `/model/${robot}/joint_trajectory`,
  /** Double: rad or m. */
  position: (robot: string, joint: string): string => `/model/${robot}/joint/${joint}/0/cmd_pos`,
  /** Pose of a loose thing's model in the world, with the stamp of the step in its header. */
  pose: (model: string): string => `/model/${model}/pose`,
} as const;
