/** A robot's joint tree as URDF with the ros2_control block of gz_ros2_control: what controllers and tf need; how it looks and collides is in the world's SDF. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Body, CompiledModel, Frame, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { askedMax, startOf } from "./controllers.ts";
import { linkNames, robotBodies } from "./export-robot.ts";
import { type Element, numberText, vectorText } from "./xml.ts";

/** The root element; its first link is the robot's base frame. Throws AgentError `launch.invalid` for what URDF cannot say. */
export function robotUrdf(compiled: CompiledModel, spec: RobotSpec, baseFrame: string): Element {
  const bodies = robotBodies(compiled, spec);
  const nameOf = linkNames(bodies);
  const parentOf = (body: Body): string => nameOf.get(compiled.bodies[body.parent]!) ?? baseFrame;
  return {
    robot: {
      "@name": spec.name,
      link: [{ "@name": baseFrame }, ...bodies.map((body) => linkElement(body, nameOf.get(body)!))],
      joint: bodies.map((body) => jointElement(body, nameOf.get(body)!, parentOf(body), spec)),
      ros2_control: {
        "@name": "GazeboSimSystem",
        "@type": "system",
        hardware: { plugin: "gz_ros2_control/GazeboSimSystem" },
        joint: bodies.flatMap(({ joints }) => joints.map((joint) => controlElement(joint, spec))),
      },
    },
  };
}

function linkElement({ massKg, inertialFrame, momentsKgM2 }: Body, name: string): Element {
  const [ixx, iyy, izz] = momentsKgM2.map(numberText);
  return {
    "@name": name,
    inertial: {
      origin: originElement(inertialFrame),
      mass: { "@value": numberText(massKg) },
      inertia: { "@ixx": ixx, "@ixy": "0", "@ixz": "0", "@iyy": iyy, "@iyz": "0", "@izz": izz },
    },
  };
}

/** A link's frame is its joint's in URDF. */
function jointElement(body: Body, child: string, parent: string, spec: RobotSpec): Element {
  const [joint] = body.joints;
  const common = { origin: originElement(body), parent: { "@link": parent }, child: { "@link": child } };
  if (!joint) return { "@name": `${child}_fixed`, "@type": "fixed", ...common };
  const { name, kind, axis, range, positionM } = joint;
  const isEndless = spec.joints.some((each) => each.name === name && each.type === "continuous");
  if (Math.hypot(...positionM) > 0 || !(range || isEndless) || (kind !== "hinge" && kind !== "slide")) {
    const why = "is not at its body's origin, or has no range, or is neither hinge nor slide";
    throw new AgentError("launch.invalid", `joint "${name}" ${why}, which URDF cannot say; change it in the robot's model`);
  }
  return {
    "@name": name,
    "@type": isEndless ? "continuous" : kind === "hinge" ? "revolute" : "prismatic",
    ...common,
    axis: { "@xyz": vectorText(axis) },
    limit: {
      ...(range && { "@lower": numberText(range[0]), "@upper": numberText(range[1]) }),
      "@velocity": numberText(velocityMaxOf(joint, spec)),
      "@effort": numberText(askedMax(joint, spec)),
    },
  };
}

/** Of a gripper, whose spec says none: its range in half a second. */
function velocityMaxOf({ name, range }: Joint, { joints }: RobotSpec): number {
  return joints.find((joint) => joint.name === name)?.velocityMaxRadPerS ?? 2 * (range![1] - range![0]);
}

/** The arm starts at home, a gripper where the world has it. */
function controlElement(joint: Joint, { joints, homeRad }: RobotSpec): Element {
  const { name, range } = joint;
  const index = joints.findIndex((each) => each.name === name);
  const start = index < 0 ? startOf(joint) : homeRad[index]!;
  const param = (key: string, value: number): Element => ({ "@name": key, "#text": numberText(value) });
  return {
    "@name": name,
    command_interface: { "@name": "position", ...(range && { param: [param("min", range[0]), param("max", range[1])] }) },
    state_interface: [{ "@name": "position", param: param("initial_value", start) }, { "@name": "velocity" }],
  };
}

/** `rpy`: roll about x, then pitch about y, then yaw about z, all fixed axes. */
function originElement({ positionM, quaternion }: Frame): Element {
  return { "@xyz": vectorText(positionM), "@rpy": vectorText(rollPitchYaw(quaternion)) };
}

/** Of a unit (w, x, y, z), rad; straight up or down, where roll and yaw are one turn, it is told as roll. */
export function rollPitchYaw(quaternion: readonly number[]): readonly [number, number, number] {
  const [w, x, y, z] = quaternion as [number, number, number, number];
  const [forward, left, down] = [1 - 2 * (y * y + z * z), 2 * (w * z + x * y), 2 * (w * y - z * x)]; // Where x goes.
  const level = Math.hypot(forward, left);
  const pitch = Math.atan2(down, level);
  if (level < 1e-9) return [2 * Math.atan2(x, w), pitch, 0];
  return [Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)), pitch, Math.atan2(left, forward)];
}
