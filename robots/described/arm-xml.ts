/** The MJCF of a described arm, written from the compiled model: the declared joints with their limits, a servo each, primitive shapes, tool point and payload. */
import { XMLBuilder } from "fast-xml-parser";
import type { Body, CompiledModel, Frame, Geom, Joint } from "../../runtime/kinematics/compiled-model.ts";
import type { RobotDescription } from "./description.ts";
import type { ServoSize } from "./servos.ts";

/** The site at the tool point. */
export const TOOL_SITE = "tool";
/** Of a link without shapes of its own: it is drawn as a rod to what it carries. */
const ROD_M = 0.02;
const ROD_RGBA = [0.7, 0.7, 0.72, 1];
/** A payload is taken for a ball of water's density. */
const WATER_KG_M3 = 1000;

interface Element {
  readonly [name: string]: string | Element | readonly Element[];
}

/** `servos` in the order of the description's joints; without them the arm hangs loose, for weighing it. */
export function armXml(description: RobotDescription, model: CompiledModel, servos: readonly ServoSize[]): string {
  const arm = new Arm(description, model, servos);
  const root: Element = {
    mujoco: {
      "@model": description.name,
      compiler: { "@angle": "radian" },
      option: { "@timestep": "0.002", "@integrator": "implicitfast" },
      worldbody: { body: [arm.body(0)] },
      actuator: { position: description.joints.flatMap((joint, index) => arm.servo(joint, index)) },
    },
  };
  const builder = new XMLBuilder({
    attributeNamePrefix: "@",
    ignoreAttributes: false,
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  return `<!-- Written by Foresight from ${description.file.split("/").at(-1)?.replaceAll("--", "")}; changes are lost. -->\n${builder.build(root)}`;
}

class Arm {
  readonly #description: RobotDescription;
  readonly #model: CompiledModel;
  readonly #servos: readonly ServoSize[];

  constructor(description: RobotDescription, model: CompiledModel, servos: readonly ServoSize[]) {
    this.#description = description;
    this.#model = model;
    this.#servos = servos;
  }

  /** A body with all that it carries; the first is what stands still, under the robot's name. */
  body(id: number): Element {
    const body = this.#model.bodies[id]!;
    const children = this.#model.bodies.flatMap(({ parent }, child) => (child > 0 && parent === id ? [child] : []));
    const isTool = id > 0 && body.name === this.#description.tool.link;
    const ends = [...children.map((child) => this.#model.bodies[child]!.positionM), ...(isTool ? [this.#description.tool.offsetM] : [])];
    const shapes = body.geoms.filter(({ kind }) => kind !== "plane");
    return {
      "@name": id === 0 ? this.#description.name : `${this.#description.name}-${body.name || id}`,
      ...placed(body),
      "@gravcomp": "1",
      ...(body.massKg > 0 ? { inertial: inertial(body) } : {}),
      joint: body.joints.flatMap((joint) => this.#joint(joint)),
      geom: shapes.length > 0 ? shapes.map(shape) : ends.flatMap((end) => rod(end, isTool)),
      ...(isTool ? { site: [this.#toolSite()] } : {}),
      body: [...children.map((child) => this.body(child)), ...(isTool ? this.#payload() : [])],
    };
  }

  /** Joints that are not declared are left out, so that the bodies they join stand still to one another. */
  #joint(joint: Joint): readonly Element[] {
    const index = this.#description.joints.findIndex(({ name }) => name === joint.name);
    const declared = this.#description.joints[index];
    if (!declared) return [];
    return [
      {
        "@name": joint.name,
        "@type": "hinge",
        "@axis": numbers(joint.axis),
        "@pos": numbers(joint.positionM),
        "@limited": "true",
        "@range": numbers([declared.positionMinRad, declared.positionMaxRad]),
        "@damping": numbers([joint.damping]),
        "@frictionloss": numbers([joint.friction]),
        "@armature": numbers([this.#servos[index]?.armature ?? joint.armature]),
      },
    ];
  }

  servo({ name, torqueMaxNm }: RobotDescription["joints"][number], index: number): readonly Element[] {
    const size = this.#servos[index];
    if (!size) return [];
    return [
      {
        "@name": name,
        "@joint": name,
        "@kp": numbers([size.stiffness]),
        "@kv": numbers([size.damping]),
        "@forcelimited": "true",
        "@forcerange": numbers([-torqueMaxNm, torqueMaxNm]),
      },
    ];
  }

  #toolSite(): Element {
    const { offsetM, turnRad } = this.#description.tool;
    return { "@name": TOOL_SITE, "@pos": numbers(offsetM), "@quat": numbers(quaternionOf(turnRad)), "@size": "0.004", "@group": "4" };
  }

  #payload(): readonly Element[] {
    const { payload, name } = this.#description;
    if (!payload) return [];
    const radiusM = Math.cbrt((3 * payload.massKg) / (4 * Math.PI * WATER_KG_M3));
    const moment = (2 / 5) * payload.massKg * radiusM ** 2;
    const inertia = { "@mass": numbers([payload.massKg]), "@pos": "0 0 0", "@diaginertia": numbers([moment, moment, moment]) };
    return [{ "@name": `${name}-payload`, "@pos": numbers(payload.centreM), "@gravcomp": "1", inertial: inertia }];
  }
}

function inertial({ massKg, inertialFrame, momentsKgM2 }: Body): Element {
  return { "@mass": numbers([massKg]), ...placed(inertialFrame), "@diaginertia": numbers(momentsKgM2) };
}

/** With the collision bits of robots/README.md; what is only seen stays so. */
function shape({ kind, sizeM, rgba, isVisible, contype, conaffinity, friction, ...frame }: Geom): Element {
  const touches = contype !== 0 || conaffinity !== 0;
  return {
    "@type": kind,
    "@size": numbers(sizeM),
    ...placed(frame),
    "@rgba": numbers(rgba),
    "@group": isVisible ? "2" : "3",
    "@friction": numbers([friction, 0.005, 0.0001]),
    ...weightless(touches),
  };
}

/** What ends at the tool point can touch. */
function rod(endM: readonly number[], touches: boolean): readonly Element[] {
  const lengthM = Math.hypot(...endM);
  if (lengthM < ROD_M) return [];
  const size = numbers([Math.min(ROD_M, lengthM / 8)]);
  return [
    {
      "@type": "capsule",
      "@fromto": numbers([0, 0, 0, ...endM]),
      "@size": size,
      "@rgba": numbers(ROD_RGBA),
      "@group": "2",
      ...weightless(touches),
    },
  ];
}

/** Whether a shape touches; it weighs nothing, since links have their declared inertia. */
const weightless = (touches: boolean): Element => ({ "@contype": touches ? "1" : "0", "@conaffinity": touches ? "2" : "0", "@mass": "0" });
const placed = ({ positionM, quaternion }: Frame): Element => ({ "@pos": numbers(positionM), "@quat": numbers(quaternion) });
const numbers = (values: readonly number[]): string => values.map(String).join(" ");

/** (w, x, y, z) of URDF's roll, pitch, yaw: about the fixed x, then y, then z axis. */
function quaternionOf([roll, pitch, yaw]: readonly [number, number, number]): readonly number[] {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy];
}
