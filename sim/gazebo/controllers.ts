/** The plugins that move an exported robot and tell its joints, with the servos of the robot's own model. */

import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Joint } from "../../runtime/kinematics/compiled-model.ts";
import { topicOf } from "./names.ts";
import { type Controller, pluginOf, type Release } from "./release.ts";
import { type Element, numberText } from "./xml.ts";

export interface ControllerOptions {
  readonly spec: RobotSpec;
  readonly release: Release;
  readonly controller: Controller;
  /** Every joint that moves: the arm's, which are in the spec, and a gripper's. */
  readonly joints: readonly Joint[];
}

/**
 * Both controllers do force = stiffness (target - q) + what the command adds; the servo's damping is the joint's own (export-robot.ts), so that the
 * engine can treat it implicitly. To follow a moving target a driver adds damping qd* and the arm's weight: feed-forward.ts.
 */
export function controllerPlugins({ spec, release, controller, joints }: ControllerOptions): readonly Element[] {
  if (controller === "ros2_control") return [ROS2_CONTROL];
  const arm = spec.joints.flatMap(({ name }) => joints.find((joint) => joint.name === name) ?? []);
  const gripper = joints.filter((joint) => joint.servo !== null && !arm.includes(joint));
  const positions = (these: readonly Joint[]): Element[] => these.map((joint) => positionPlugin(spec, release, joint));
  return [
    { ...pluginOf(release, "joint-state-publisher"), topic: topicOf.jointState(spec.name) },
    ...(controller === "trajectory" ? [trajectoryPlugin(spec.name, release, arm), ...positions(gripper)] : positions([...arm, ...gripper])),
  ];
}

/** File of the controllers' parameters beside the world: Gazebo is started in that folder (ros/simulation.launch.py), since the plugin takes the path as it stands. */
export const ROS_CONTROLLERS_FILE = "controllers.yaml";
const ROS2_CONTROL: Element = {
  "@filename": "gz_ros2_control-system",
  "@name": "gz_ros2_control::GazeboSimROS2ControlPlugin",
  parameters: ROS_CONTROLLERS_FILE,
};

function trajectoryPlugin(robot: string, release: Release, joints: readonly Joint[]): Element {
  const each = (value: (joint: Joint) => number): readonly string[] => joints.map((joint) => numberText(value(joint)));
  const none = joints.map(() => "0");
  return {
    ...pluginOf(release, "joint-trajectory-controller"),
    topic: topicOf.trajectory(robot),
    joint_name: joints.map(({ name }) => name),
    initial_position: each(startOf),
    position_p_gain: each(({ servo }) => servo?.stiffness ?? 0),
    position_i_gain: none,
    position_d_gain: none,
    position_cmd_min: each(({ servo }) => -(servo?.effortMax ?? 0)),
    position_cmd_max: each(({ servo }) => servo?.effortMax ?? 0),
    velocity_p_gain: none,
    velocity_i_gain: none,
    velocity_d_gain: none,
  };
}

function positionPlugin(spec: RobotSpec, release: Release, joint: Joint): Element {
  const effortMax = askedMax(joint, spec); // The lead that makes up for the damping comes through the same gate.
  return {
    ...pluginOf(release, "joint-position-controller"),
    joint_name: joint.name,
    topic: topicOf.position(spec.name, joint.name),
    initial_position: numberText(startOf(joint)),
    p_gain: numberText(joint.servo?.stiffness ?? 0),
    i_gain: "0",
    d_gain: "0",
    cmd_min: numberText(-effortMax),
    cmd_max: numberText(effortMax),
  };
}

/**
 * The most that a controller asks of a joint, N m or N: the servo's limit, and what only makes up for the servo's damping at the largest velocity.
 * DART holds all that is asked for, that too, to the joint's `effort`.
 */
export function askedMax({ name, servo }: Joint, spec: RobotSpec): number {
  const velocityMax = spec.joints.find((joint) => joint.name === name)?.velocityMaxRadPerS ?? 0;
  return servo ? servo.effortMax + servo.damping * velocityMax : 0;
}

/** Gazebo starts every joint at zero; where that is outside its range, the nearest position inside is held. */
export function startOf({ range }: Joint): number {
  const [min, max] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return Math.min(max, Math.max(min, 0));
}
