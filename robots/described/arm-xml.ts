/** The MJCF of a described arm, written from the compiled model: the declared joints with their limits, a servo each, primitive shapes, tool point and payload. */
import { XMLBuilder } from "fast-xml-parser";
import type { Body, Frame, Geom, Joint } from "../../runtime/kinematics/compiled-model.ts";
import type { Arm } from "./arm.ts";
import { childrenOf } from "./chain.ts";
import type { RobotDescription } from "./description.ts";
import { couplings, fingerJoint, fingerServo } from "./finger-xml.ts";
import { type Element, numbers } from "./model-xml.ts";
import { PAD_M } from "./pads.ts";
import type { ServoSize } from "./servos.ts";
import { ballMomentKgM2 } from "./source/inertials.ts";
import { NO_MASS_KG } from "./source/source.ts";

/** The site at the tool point. */
export const TOOL_SITE = "tool";
/** Of a link without shapes of its own: it is drawn as a rod to what it carries. */
const ROD_M = 0.02;
const ROD_RGBA = [0.7, 0.7, 0.72, 1];

/** `servos` in the order of the description's joints; without them the arm hangs loose, for weighing it. */
export function armXml(description: RobotDescription, arm: Arm, servos: readonly ServoSize[]): string {
  const writer = new Writer(description, arm, servos);
  const grips = description.gripper ? [fingerServo(description.gripper)] : [];
  const root: Element = {
    mujoco: {
      "@model": description.name,
      compiler: { "@angle": "radian" },
      option: { "@timestep": "0.002", "@integrator": "implicitfast" },
      worldbody: { body: [writer.body(0)] },
      actuator: {
        position: [...description.joints.flatMap((joint, index) => writer.servo(joint, index)), ...(servos.length > 0 ? grips : [])],
      },
      ...(description.gripper ? { equality: { joint: couplings(description.gripper, arm.model) } } : {}),
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

class Writer {
  readonly #description: RobotDescription;
  readonly #arm: Arm;
  readonly #servos: readonly ServoSize[];

  constructor(description: RobotDescription, arm: Arm, servos: readonly ServoSize[]) {
    this.#description = description;
    this.#arm = arm;
    this.#servos = servos;
  }

  /** A body with all that it carries; the first is what stands still, under the robot's name. */
  body(id: number): Element {
    const { model, tool } = this.#arm;
    const body = model.bodies[id]!;
    const children = childrenOf(model, id);
    const isTool = id === tool.body;
    const ends = [...children.map((child) => model.bodies[child]!.positionM), ...(isTool ? [tool.positionM] : [])];
    const shapes = shown(body.geoms.filter((geom) => geom.kind !== "plane" && (geom.isVisible || touches(geom))));
    return {
      "@name": id === 0 ? this.#description.name : `${this.#description.name}-${body.name || id}`,
      ...placed(body),
      "@gravcomp": "1",
      ...(body.massKg > NO_MASS_KG ? { inertial: inertial(body) } : {}),
      joint: body.joints.flatMap((joint) => this.#joint(joint)),
      geom: [...(shapes.length > 0 ? shapes.map(shape) : ends.flatMap((end) => rod(end, isTool))), ...this.#pads(id)],
      ...(isTool ? { site: [this.#toolSite()] } : {}),
      body: [...children.map((child) => this.body(child)), ...(isTool ? this.#payload() : [])],
    };
  }

  /** Joints that are not declared are left out, so that the bodies they join stand still to one another. */
  #joint(joint: Joint): readonly Element[] {
    const index = this.#description.joints.findIndex(({ name }) => name === joint.name);
    const declared = this.#description.joints[index];
    const { gripper } = this.#description;
    if (!declared) return gripper ? fingerJoint(gripper, joint) : [];
    return [
      {
        "@name": joint.name,
        "@type": "hinge",
        "@axis": numbers(joint.axis),
        "@pos": numbers(joint.positionM),
        ...("positionMinRad" in declared
          ? { "@limited": "true", "@range": numbers([declared.positionMinRad, declared.positionMaxRad]) }
          : { "@limited": "false" }),
        "@ref": numbers([joint.reference]),
        "@stiffness": numbers([joint.stiffness]),
        "@springref": numbers([joint.springReference]),
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

  #pads(id: number): readonly Element[] {
    const pads = this.#arm.pads.filter(({ body }) => body === id);
    return pads.map((pad) => ({
      "@type": "box",
      "@size": numbers(PAD_M),
      ...placed(pad),
      "@rgba": numbers(ROD_RGBA),
      "@group": "2",
      "@friction": "1.2 0.005 0.0001",
      ...weightless(true),
    }));
  }

  #toolSite(): Element {
    return { "@name": TOOL_SITE, ...placed(this.#arm.tool), "@size": "0.004", "@group": "4" };
  }

  #payload(): readonly Element[] {
    const { payload, name } = this.#description;
    if (!payload) return [];
    const moment = ballMomentKgM2(payload.massKg);
    const inertia = { "@mass": numbers([payload.massKg]), "@pos": "0 0 0", "@diaginertia": numbers([moment, moment, moment]) };
    return [{ "@name": `${name}-payload`, "@pos": numbers(payload.centreM), "@gravcomp": "1", inertial: inertia }];
  }
}

function inertial({ massKg, inertialFrame, momentsKgM2 }: Body): Element {
  return { "@mass": numbers([massKg]), ...placed(inertialFrame), "@diaginertia": numbers(momentsKgM2) };
}

const touches = ({ contype, conaffinity }: Geom): boolean => contype !== 0 || conaffinity !== 0;

/** Of a link whose visible shapes were meshes, those that it touches with are seen instead. */
const shown = (shapes: readonly Geom[]): readonly Geom[] =>
  shapes.some(({ isVisible }) => isVisible) ? shapes : shapes.map((each) => ({ ...each, isVisible: true, rgba: ROD_RGBA }));

/** With the collision bits of robots/README.md; what is only seen stays so. */
function shape(geom: Geom): Element {
  const { kind, sizeM, rgba, isVisible, friction, ...frame } = geom;
  return {
    "@type": kind,
    "@size": numbers(sizeM),
    ...placed(frame),
    "@rgba": numbers(rgba),
    "@group": isVisible ? "2" : "3",
    "@friction": numbers([friction, 0.005, 0.0001]),
    ...weightless(touches(geom)),
  };
}

/** What ends at the tool point can touch. */
function rod(endM: readonly number[], isTool: boolean): readonly Element[] {
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
      ...weightless(isTool),
    },
  ];
}

/** It weighs nothing, since links have their declared inertia. */
const weightless = (canTouch: boolean): Element => ({
  "@contype": canTouch ? "1" : "0",
  "@conaffinity": canTouch ? "2" : "0",
  "@mass": "0",
});
const placed = ({ positionM, quaternion }: Frame): Element => ({ "@pos": numbers(positionM), "@quat": numbers(quaternion) });
