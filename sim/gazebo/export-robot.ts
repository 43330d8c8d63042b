/** A robot's own compiled model as an SDF model: links with their inertias, joints with limits, shapes that touch and shapes that are seen, controllers. */
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Body, CompiledModel, Geom, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { askedMax, controllerPlugins } from "./controllers.ts";
import type { Controller, Release } from "./release.ts";
import { collisionsOf, visualsOf } from "./shapes.ts";
import { type Element, numberText, poseElement, vectorText } from "./xml.ts";

export interface RobotExport {
  readonly compiled: CompiledModel;
  readonly spec: RobotSpec;
  readonly release: Release;
  readonly controller: Controller;
  frictionOf(geom: Geom): number;
}

/** Attributes and children of `<model>`. Throws AgentError `launch.invalid` for what has no counterpart in SDF. */
export function robotModel({ compiled, spec, release, controller, frictionOf }: RobotExport): Element {
  const bodies = robotBodies(compiled, spec);
  const nameOf = linkNames(bodies);
  const joints = bodies.flatMap((body) => body.joints);
  const parentName = (body: Body): string | undefined => nameOf.get(compiled.bodies[body.parent]!);
  return {
    "@name": spec.name,
    joint: [
      { "@name": "base_to_world", "@type": "fixed", parent: "world", child: nameOf.get(bodies[0]!)! },
      ...bodies.slice(1).map((body) => jointElement(body, nameOf.get(body)!, parentName(body)!, spec)),
    ],
    link: bodies.map((body) => linkElement(body, nameOf.get(body)!, parentName(body), frictionOf)),
    frame: bodies.flatMap((body) =>
      body.sites.map((site) => ({
        "@name": site.name,
        "@attached_to": nameOf.get(body)!,
        pose: poseElement(site.positionM, site.quaternion),
      })),
    ),
    plugin: controllerPlugins({ spec, release, controller, joints }),
  };
}

/** The bodies of the robot, its base first: the tree that the tool is in. */
export function robotBodies({ bodies }: CompiledModel, spec: RobotSpec): readonly Body[] {
  const hand = bodies.findIndex(({ sites }) => sites.some(({ name }) => name === spec.toolSite));
  invariant(hand > 0, `site "${spec.toolSite}" is not in the model`);
  const rootOf = (id: number): number => (bodies[id]!.parent === 0 ? id : rootOf(bodies[id]!.parent));
  const root = rootOf(hand);
  return bodies.filter((_, id) => id > 0 && rootOf(id) === root);
}

/** Of links by body: SDF wants different names for links and joints, MuJoCo does not. */
export function linkNames(bodies: readonly Body[]): ReadonlyMap<Body, string> {
  const joints = new Set(bodies.flatMap((body) => body.joints.map(({ name }) => name)));
  return new Map(bodies.map((body) => [body, joints.has(body.name) ? `${body.name}_link` : body.name]));
}

function linkElement(body: Body, name: string, parent: string | undefined, frictionOf: (geom: Geom) => number): Element {
  return {
    "@name": name,
    pose: poseElement(body.positionM, body.quaternion, parent),
    inertial: inertialElement(body, name),
    collision: collisionsOf(body.geoms, frictionOf),
    visual: visualsOf(body.geoms),
  };
}

/** Mass and the moments about the principal axes, in their own frame. */
export function inertialElement({ massKg, inertialFrame, momentsKgM2 }: Body, name: string): Element {
  if (!(massKg > 0))
    throw new AgentError(
      "launch.invalid",
      `body "${name}": mass is ${massKg} kg, Gazebo needs more than 0; give it an <inertial> in the robot's model`,
    );
  const [ixx, iyy, izz] = momentsKgM2.map(numberText);
  return {
    pose: poseElement(inertialFrame.positionM, inertialFrame.quaternion),
    mass: numberText(massKg),
    inertia: { ixx: ixx!, ixy: "0", ixz: "0", iyy: iyy!, iyz: "0", izz: izz! },
  };
}

function jointElement(body: Body, child: string, parent: string, spec: RobotSpec): Element {
  if (body.joints.length === 0) return { "@name": `${child}_fixed`, "@type": "fixed", parent, child };
  const [joint] = body.joints as [Joint];
  if (body.joints.length > 1 || (joint.kind !== "hinge" && joint.kind !== "slide"))
    throw new AgentError(
      "launch.invalid",
      `body "${body.name}" has joints ${body.joints.map(({ name, kind }) => `${name} (${kind})`).join(", ")}; a Gazebo robot is written with one hinge or slide per body: put bodies between them`,
    );
  return {
    "@name": joint.name,
    "@type": joint.kind === "hinge" ? "revolute" : "prismatic",
    parent,
    child,
    pose: poseElement(joint.positionM, [1, 0, 0, 0]),
    axis: axisElement(joint, spec),
  };
}

/** The servo's damping is the joint's, where the engine (DART) treats it implicitly: explicitly, on a light wrist, it would need steps far below a millisecond. */
function axisElement(joint: Joint, spec: RobotSpec): Element {
  const { name, axis, range, damping, servo } = joint;
  const velocityMax = spec.joints.find((each) => each.name === name)?.velocityMaxRadPerS;
  return {
    xyz: vectorText(axis),
    limit: {
      ...(range ? { lower: numberText(range[0]), upper: numberText(range[1]) } : {}),
      ...(velocityMax === undefined ? {} : { velocity: numberText(velocityMax) }),
      ...(servo ? { effort: numberText(askedMax(joint, spec)) } : {}),
    },
    dynamics: { damping: numberText(damping + (servo?.damping ?? 0)), friction: "0" },
  };
}
