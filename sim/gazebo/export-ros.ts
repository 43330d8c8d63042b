/** What a scene in Gazebo Harmonic needs to stand behind ROS 2: the robot's description with ros2_control, its controllers, and the topics that ros_gz_bridge carries over. */
import { stringify } from "yaml";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { ROS_CONTROLLERS_FILE } from "./controllers.ts";
import { compileScene, exportScene, GAZEBO_STEP_S, type SceneExport, writtenFor } from "./export-scene.ts";
import { robotUrdf } from "./export-urdf.ts";
import { topicOf } from "./names.ts";
import { toXml } from "./xml.ts";

/** How ROS calls what the scene offers, without a leading slash where it is relative to the root namespace. */
export interface RosNames {
  /** The joint trajectory controller; its action is NAME/follow_joint_trajectory. */
  readonly controller: string;
  readonly baseFrame: string;
  /** Of each camera by its name; null for no CameraInfo. */
  readonly cameras: Readonly<Record<string, { readonly image: string; readonly info: string | null }>>;
}

/** Once a physics step: the position interface of gz_ros2_control follows with a time constant of ten updates. */
const UPDATE_RATE_HZ = 1 / GAZEBO_STEP_S;
const BROADCASTER = "joint_state_broadcaster";

/** Text of each file by name; the world among them, with gz_ros2_control in the place of Gazebo's own controllers. Throws AgentError `launch.invalid`. */
export async function exportRosScene(
  options: Omit<SceneExport, "controller" | "release">,
  names: RosNames,
): Promise<ReadonlyMap<string, string>> {
  const { robot, cameras } = options;
  const files = await exportScene({ ...options, release: "harmonic", controller: "ros2_control" });
  const compiled = await compileScene(options);
  const describe = (what: string): string => writtenFor("ROS 2", `${what} of robot "${robot.name}"`);
  const yaml = (what: string, content: unknown): string => `# ${describe(what)}\n${stringify(content, { lineWidth: 0 })}`;
  return new Map([
    ["world.sdf", files.get("world.sdf")!],
    ["robot.urdf", toXml(robotUrdf(compiled, robot, names.baseFrame), describe("Joint tree and ros2_control"))],
    [ROS_CONTROLLERS_FILE, yaml("Controllers", controllers(robot, names.controller))],
    ["bridge.yaml", yaml("Topics", [clockBridge, ...cameras.flatMap(({ name }) => cameraBridges(name, names.cameras[name]))])],
  ]);
}

function controllers({ joints }: RobotSpec, controller: string) {
  return {
    controller_manager: {
      ros__parameters: {
        update_rate: UPDATE_RATE_HZ,
        [BROADCASTER]: { type: "joint_state_broadcaster/JointStateBroadcaster" },
        [controller]: { type: "joint_trajectory_controller/JointTrajectoryController" },
      },
    },
    [controller]: {
      ros__parameters: {
        joints: joints.map(({ name }) => name),
        command_interfaces: ["position"],
        state_interfaces: ["position", "velocity"],
      },
    },
  };
}

const fromGazebo = (gz: string, gzType: string, ros: string, rosType: string) => ({
  ros_topic_name: ros,
  gz_topic_name: gz,
  ros_type_name: rosType,
  gz_type_name: `gz.msgs.${gzType}`,
  direction: "GZ_TO_ROS",
});

const clockBridge = fromGazebo("/clock", "Clock", "/clock", "rosgraph_msgs/msg/Clock");

function cameraBridges(camera: string, names: RosNames["cameras"][string] | undefined) {
  const { image, info } = names ?? { image: `${camera}/image_raw`, info: `${camera}/camera_info` };
  return [
    fromGazebo(topicOf.image(camera), "Image", image, "sensor_msgs/msg/Image"),
    ...(info === null ? [] : [fromGazebo(topicOf.cameraInfo(camera), "CameraInfo", info, "sensor_msgs/msg/CameraInfo")]),
  ];
}
