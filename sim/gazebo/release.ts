/** What an exported world may differ in: the Gazebo release it is for (names of plugins, render engine), and what moves the arm. */

export const RELEASES = ["fortress", "harmonic"] as const;
/** harmonic stands for Garden and everything after it. */
export type Release = (typeof RELEASES)[number];

export const CONTROLLERS = ["trajectory", "position", "ros2_control"] as const;
/** trajectory: one JointTrajectoryController for the arm; position: a JointPositionController for each of its joints; ros2_control: ROS 2 controllers in gz_ros2_control. */
export type Controller = (typeof CONTROLLERS)[number];

/** The systems that an exported world uses: file stem and class. */
const SYSTEMS = {
  physics: "Physics",
  "user-commands": "UserCommands",
  "scene-broadcaster": "SceneBroadcaster",
  sensors: "Sensors",
  "joint-state-publisher": "JointStatePublisher",
  "joint-position-controller": "JointPositionController",
  "joint-trajectory-controller": "JointTrajectoryController",
  "pose-publisher": "PosePublisher",
} as const;
export type System = keyof typeof SYSTEMS;

/** Attributes of a `<plugin>` element. */
export function pluginOf(release: Release, system: System): { readonly "@filename": string; readonly "@name": string } {
  const [file, space] = release === "fortress" ? ["ignition-gazebo", "ignition::gazebo"] : ["gz-sim", "gz::sim"];
  return { "@filename": `${file}-${system}-system`, "@name": `${space}::systems::${SYSTEMS[system]}` };
}

/** Fortress draws with OGRE 1, which every build of it has; later releases with OGRE 2. */
export const renderEngineOf = (release: Release): string => (release === "fortress" ? "ogre" : "ogre2");
