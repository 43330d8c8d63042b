/** Where a description and the model it names do not fit: every problem as a sentence with joint, value, bound, unit and remedy. */
import { boundsOf } from "../../runtime/core/segment.ts";
import type { CompiledModel, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { bodyNamed, bodyOfJoint, jointsTo, pathTo } from "./chain.ts";
import { jointSpec, type RobotDescription } from "./description.ts";
import { gripperProblems } from "./gripper.ts";
import { standsAt } from "./settle.ts";
import type { JointLimits, Source } from "./source/source.ts";
import { toolPoint } from "./tool-point.ts";

/** A number written with a few digits less than the file has is no other number. */
const ROUNDING = 1e-9;

export function fitProblems(description: RobotDescription, model: CompiledModel, source: Source): readonly string[] {
  const inFile = model.bodies.flatMap((body) => body.joints);
  const names = description.joints.map((joint) => joint.name);
  const joints = description.joints.flatMap((declared, index) => {
    const at = `joints.${index} "${declared.name}"`;
    if (names.indexOf(declared.name) < index) return [`${at}: is listed twice; list each joint once`];
    const joint = inFile.find(({ name }) => name === declared.name);
    if (!joint) return [`${at}: is not in the file; its joints are ${inFile.map(({ name }) => name).join(", ") || "none"}`];
    return jointProblems(declared, joint, source.limits.get(joint.name)).map((problem) => `${at}: ${problem}`);
  });
  return [
    ...joints,
    ...orderProblems(names, inFile),
    ...toolProblems(description, model),
    ...chainProblems(description, model, source),
    ...baseProblems(description, model),
    ...(description.gripper ? gripperProblems(description.gripper, model, toolPoint(description, model)?.body ?? 0, names) : []),
  ];
}

function jointProblems(declared: RobotDescription["joints"][number], joint: Joint, limits: JointLimits | undefined): readonly string[] {
  if (joint.kind !== "hinge") return [`is a ${joint.kind} joint; only joints that turn about an axis can be moved`];
  const { homeRad } = declared;
  const [min, max] = boundsOf(jointSpec(declared), 0);
  const [least, most] = joint.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (declared.type === "continuous" && joint.range)
    return [
      `does not turn for ever, the file has it in [${least}, ${most}] rad; leave type out, and write positionMinRad and positionMaxRad`,
    ];
  const torqueNm = limits?.torqueMaxNm ?? joint.servo?.effortMax ?? 0;
  const above = (key: string, value: number, bound: number, unit: string): string[] =>
    value > bound + ROUNDING ? [`${key} ${value} ${unit} is above the file's ${bound} ${unit}; write that or less`] : [];
  return [
    ...(min < max ? [] : [`positionMinRad ${min} rad is not below positionMaxRad ${max} rad; exchange or correct them`]),
    ...(min < least - ROUNDING ? [`positionMinRad ${min} rad is below the file's ${least} rad; write that or more`] : []),
    ...above("positionMaxRad", max, most, "rad"),
    ...above("velocityMaxRadPerS", declared.velocityMaxRadPerS, limits?.velocityMaxRadPerS || Number.POSITIVE_INFINITY, "rad/s"),
    ...above("torqueMaxNm", declared.torqueMaxNm, torqueNm > 0 ? torqueNm : Number.POSITIVE_INFINITY, "N m"),
    ...(homeRad >= min && homeRad <= max ? [] : [`homeRad ${homeRad} rad is outside [${min}, ${max}] rad; choose a rest posture inside`]),
  ];
}

function orderProblems(names: readonly string[], inFile: readonly Joint[]): readonly string[] {
  const inOrder = inFile.map(({ name }) => name).filter((name) => names.includes(name));
  const known = names.filter((name) => inOrder.includes(name));
  const isSame = known.length !== new Set(known).size || known.every((name, index) => name === inOrder[index]);
  return isSame ? [] : [`joints: are listed as ${known.join(", ")}; list them from base to tool: ${inOrder.join(", ")}`];
}

function toolProblems(description: RobotDescription, model: CompiledModel): readonly string[] {
  if (toolPoint(description, model)) return [];
  const listed = (names: readonly string[]): string => names.filter((name) => name !== "").join(", ") || "none";
  if ("link" in description.tool)
    return [
      `tool.link "${description.tool.link}": is not in the file; its links are ${listed(model.bodies.slice(1).map(({ name }) => name))}`,
    ];
  return [
    `tool.site "${description.tool.site}": is not in the file; its sites are ${listed(model.bodies.flatMap(({ sites }) => sites.map(({ name }) => name)))}`,
  ];
}

/** What is declared must move the tool, and what moves the tool must move by itself. */
function chainProblems(description: RobotDescription, model: CompiledModel, { follows, loops }: Source): readonly string[] {
  const tool = toolPoint(description, model);
  if (!tool) return [];
  const path = pathTo(model, tool.body);
  const moving = jointsTo(model, tool.body).map(({ name }) => name);
  const where = "site" in description.tool ? `tool.site "${description.tool.site}"` : `tool.link "${description.tool.link}"`;
  const beside = description.joints.flatMap(({ name }, index) => {
    if (moving.includes(name) || bodyOfJoint(model, name) < 0) return [];
    return [
      `joints.${index} "${name}": does not move the tool, it is not between the base and ${where}; leave it out, or list it in robot.gripper where it is a finger (a gripper, a head or another arm is no part of the arm's plan)`,
    ];
  });
  const led = follows.flatMap(({ joint, leader, how }) => {
    const leads = description.joints.some(({ name }) => name === leader) || leader === "";
    if (!moving.includes(joint) || !(leads || description.joints.some(({ name }) => name === joint))) return [];
    return [
      `joints: "${joint}" follows ${leader === "" ? "a constant" : `"${leader}"`} (${how}) and moves the tool; such an arm cannot be described: choose a tool before it, or leave "${joint}" and what it follows out`,
    ];
  });
  const held = loops.flatMap(({ bodies, place }) => {
    const [one, other] = bodies.map((name) => path.indexOf(name === "world" ? 0 : bodyNamed(model, name))) as [number, number];
    const between =
      one < 0 || other < 0 ? [] : path.slice(Math.min(one, other) + 1, Math.max(one, other) + 1).flatMap((id) => model.bodies[id]!.joints);
    const closed = between.filter(({ name }) => description.joints.some((each) => each.name === name));
    return closed.length > 0
      ? [
          `joints: ${closed.map(({ name }) => `"${name}"`).join(", ")} cannot move freely, an equality (${place.file}:${place.line}) holds "${bodies[0]}" and "${bodies[1]}" together; such an arm cannot be described`,
        ]
      : [];
  });
  return [...beside, ...led, ...held, ...mixedProblems(description, model)];
}

/** Where one body has a joint that moves and, after it, one that stands still elsewhere than it is drawn, the two do not commute. */
function mixedProblems({ joints }: RobotDescription, { bodies }: CompiledModel): readonly string[] {
  const isMoved = ({ name }: Joint): boolean => joints.some((each) => each.name === name);
  return bodies.flatMap((body) => {
    const first = body.joints.findIndex(isMoved);
    const later = first < 0 ? [] : body.joints.slice(first).filter((joint) => !isMoved(joint) && standsAt(joint) !== joint.reference);
    return later.map(
      ({ name }) =>
        `joints: "${name}" sits in one body with "${body.joints[first]!.name}" and is not drawn at zero; list it as well, or give it a body of its own`,
    );
  });
}

function baseProblems({ base, joints }: RobotDescription, model: CompiledModel): readonly string[] {
  if (base?.link === undefined) return [];
  const id = bodyNamed(model, base.link);
  if (id < 0)
    return [
      `base.link "${base.link}": is not in the file; its links are ${
        model.bodies
          .slice(1)
          .map(({ name }) => name)
          .join(", ") || "none"
      }`,
    ];
  const mover = jointsTo(model, id).find(({ name }) => joints.some((each) => each.name === name));
  return mover ? [`base.link "${base.link}": is moved by "${mover.name}"; choose a link that stands still`] : [];
}
