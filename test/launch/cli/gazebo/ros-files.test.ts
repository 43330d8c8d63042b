/** The files for ROS 2 beside Gazebo say the same as the robot, the exported world and the launch file: nothing of ROS runs here. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { XMLParser } from "fast-xml-parser";
import { parse } from "yaml";
import { urdfLimits } from "../../../../launch/bring-up/urdf-limits.ts";
import { exportFiles } from "../../../../launch/cli/gazebo/export.ts";
import { ROS_FOLDER, ROS_LAUNCH } from "../../../../launch/cli/gazebo/shipped-scenes.ts";
import { robotOf } from "../../../../launch/compose.ts";
import { loadLaunch } from "../../../../launch/config/load.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";

const read = (name: string): string => readFileSync(join(packageRoot, ROS_FOLDER, name), "utf8");
const config = loadLaunch(join(packageRoot, ROS_LAUNCH), ["backend.node.useSimTime:=true"]); // As the README says to run it.
const robot = await robotOf(config);
const { backend } = config;
if (backend.kind !== "ros2") throw new Error("that launch file's backend is ROS 2");
const jointNames = robot.joints.map(({ name }) => name);

/** A list with one element is parsed as a list. */
const parseXml = (text: string, lists: readonly string[]) =>
  new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: true,
    isArray: (name) => lists.includes(name),
  }).parse(text);

test("the description's limits are the spec's", () => {
  const limits = urdfLimits(read("robot.urdf"));
  for (const { name, positionMinRad, positionMaxRad, velocityMaxRadPerS } of robot.joints) {
    assert.deepEqual(limits.get(name), { lowerRad: positionMinRad, upperRad: positionMaxRad, velocityRadPerS: velocityMaxRadPerS });
  }
});

test("ros2_control has every joint that moves, starts the arm at home and keeps it in its range", () => {
  const { hardware, joint } = parseXml(read("robot.urdf"), ["joint", "state_interface"]).robot.ros2_control as Control;
  assert.equal(hardware.plugin, "gz_ros2_control/GazeboSimSystem");
  assert.deepEqual(joint.map(({ name }) => name).slice(0, jointNames.length), jointNames);
  for (const [index, { name, command_interface, state_interface }] of joint.slice(0, jointNames.length).entries()) {
    const { positionMinRad, positionMaxRad } = robot.joints[index]!;
    assert.equal(command_interface.name, "position");
    assert.deepEqual(
      command_interface.param.map((each) => each["#text"]),
      [positionMinRad, positionMaxRad],
      name,
    );
    const start = state_interface.find((each) => each.name === "position")!.param!["#text"];
    assert.ok(Math.abs(start - robot.homeRad[index]!) < 1e-8, `${name} starts at ${start}`);
  }
});

interface Control {
  readonly hardware: { readonly plugin: string };
  readonly joint: readonly ControlJoint[];
}

interface ControlJoint {
  readonly name: string;
  readonly command_interface: { readonly name: string; readonly param: readonly { readonly "#text": number }[] };
  readonly state_interface: readonly { readonly name: string; readonly param?: { readonly "#text": number } }[];
}

test("the controller is the one whose action the launch file commands, and has the spec's joints in their order", () => {
  const controllers = parse(read("controllers.yaml"));
  const [name, action] = backend.command.name.split("/") as [string, string];
  assert.equal(action, "follow_joint_trajectory");
  assert.equal(controllers.controller_manager.ros__parameters[name].type, "joint_trajectory_controller/JointTrajectoryController");
  assert.deepEqual(controllers[name].ros__parameters.joints, jointNames);
  assert.equal(backend.joints.topic, "joint_states"); // The broadcaster's own.
  assert.equal(
    controllers.controller_manager.ros__parameters.joint_state_broadcaster.type,
    "joint_state_broadcaster/JointStateBroadcaster",
  );
});

test("the bridge carries the clock and every camera from where the world tells it to where the launch file listens", () => {
  interface Bridge {
    readonly ros_topic_name: string;
    readonly gz_topic_name: string;
    readonly ros_type_name: string;
  }
  const bridges = parse(read("bridge.yaml")) as Bridge[];
  const world = read("world.sdf");
  const find = (ros: string, type: string): Bridge => {
    const bridge = bridges.find((it) => it.ros_topic_name === ros);
    assert.equal(bridge?.ros_type_name, type, ros);
    return bridge!;
  };
  find("/clock", "rosgraph_msgs/msg/Clock");
  for (const { name } of config.cameras) {
    const camera: { readonly topic: string; readonly infoTopic: string | null } = backend.cameras[name]!;
    const image = find(camera.topic, "sensor_msgs/msg/Image");
    assert.ok(world.includes(`<topic>${image.gz_topic_name}</topic>`), `a camera of the world tells "${image.gz_topic_name}"`);
    // Gazebo puts the camera's info beside its pictures.
    assert.equal(
      find(camera.infoTopic!, "sensor_msgs/msg/CameraInfo").gz_topic_name,
      image.gz_topic_name.replace(/\/[^/]*$/, "/camera_info"),
    );
  }
  assert.equal(bridges.length, 1 + 2 * config.cameras.length);
});

test("the world loads gz_ros2_control with that file, and no other controller", () => {
  const { world } = parseXml(read("world.sdf"), ["model", "plugin"]).sdf;
  const model = (world.model as { name: string; plugin?: { filename: string; parameters?: string }[] }[]).find(
    ({ name }) => name === robot.name,
  );
  assert.deepEqual(
    model?.plugin?.map(({ filename, parameters }) => [filename, parameters]),
    [["gz_ros2_control-system", "controllers.yaml"]],
  );
});

test("the launch file for ROS 2 is Python, and reads these files", () => {
  const path = join(packageRoot, "sim/gazebo/ros/simulation.launch.py");
  const text = readFileSync(path, "utf8");
  for (const name of ["robot.urdf", "world.sdf", "controllers.yaml", "bridge.yaml"]) assert.ok(text.includes(`"${name}"`), name);
  const { error, status, stderr } = spawnSync("python3", ["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path], {
    encoding: "utf8",
  });
  if (error) return console.log(`not parsed: no python3 here (${error.message})`);
  assert.equal(status, 0, stderr);
});

test("files for ROS 2 are written for Harmonic, behind a joint trajectory controller, or not at all", async () => {
  await assert.rejects(exportFiles(config, { for: "fortress", controller: "ros2_control" }), {
    code: "launch.invalid",
    message: /use --for harmonic$/,
  });
  const other = loadLaunch(join(packageRoot, ROS_LAUNCH), ["backend.command.name:=arm/commands"]);
  await assert.rejects(exportFiles(other, { for: "harmonic", controller: "ros2_control" }), {
    code: "launch.invalid",
    message:
      'backend.command.name: "arm/commands" is no name of a joint trajectory controller\'s; name it CONTROLLER/follow_joint_trajectory',
  });
});

test("a launch file that is not for ROS 2 gets the names that ros2_control has by default", async () => {
  const files = await exportFiles(loadLaunch(join(packageRoot, "launch/ur5e-push.launch.yaml")), {
    for: "harmonic",
    controller: "ros2_control",
  });
  assert.ok(parse(files.get("controllers.yaml")!).joint_trajectory_controller);
  assert.match(files.get("bridge.yaml")!, /ros_topic_name: front\/image_raw/);
});
