/** Where a description and the model it names do not fit: every problem as a sentence with joint, value, bound, unit and remedy. */
import type { CompiledModel, Joint } from "../../runtime/kinematics/compiled-model.ts";
import type { RobotDescription } from "./description.ts";
import type { JointLimits } from "./source-text.ts";

/** A number written with a few digits less than the file has is no other number. */
const ROUNDING = 1e-9;

export function fitProblems(
  description: RobotDescription,
  model: CompiledModel,
  limits: ReadonlyMap<string, JointLimits>,
): readonly string[] {
  const inFile = model.bodies.flatMap((body) => body.joints);
  const names = description.joints.map((joint) => joint.name);
  const joints = description.joints.flatMap((declared, index) => {
    const at = `joints.${index} "${declared.name}"`;
    if (names.indexOf(declared.name) < index) return [`${at}: is listed twice; list each joint once`];
    const joint = inFile.find(({ name }) => name === declared.name);
    if (!joint) return [`${at}: is not in the file; its joints are ${inFile.map(({ name }) => name).join(", ") || "none"}`];
    return jointProblems(declared, joint, limits.get(joint.name)).map((problem) => `${at}: ${problem}`);
  });
  return [...joints, ...orderProblems(names, inFile), ...toolProblems(description, model)];
}

function jointProblems(declared: RobotDescription["joints"][number], joint: Joint, limits: JointLimits | undefined): readonly string[] {
  if (joint.kind !== "hinge") return [`is a ${joint.kind} joint; only joints that turn about an axis can be moved`];
  const { positionMinRad: min, positionMaxRad: max, homeRad } = declared;
  const [least, most] = joint.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
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

function toolProblems({ tool }: RobotDescription, model: CompiledModel): readonly string[] {
  const links = model.bodies.slice(1).map(({ name }) => name);
  if (links.includes(tool.link)) return [];
  return [`tool.link "${tool.link}": is not in the file; its links are ${links.filter((name) => name !== "").join(", ") || "none"}`];
}
