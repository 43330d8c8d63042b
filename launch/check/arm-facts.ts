/** What is known of an arm before it moves: how far it goes, where its tool rests, what it weighs, what of its file is not used. */

import type { RobotDescription } from "../../robots/described/description.ts";
import { describedArm } from "../../robots/described/robot.ts";
import type { GripperSpec, RobotSpec } from "../../runtime/core/robot.ts";
import { type CompiledModel, readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { createKinematics, type Kinematics } from "../../runtime/kinematics/kinematics.ts";
import { turnToDown } from "../../runtime/kinematics/quaternion.ts";
import { createShadow } from "../../runtime/kinematics/shadow.ts";

/** A link that is left out or changed is named, this many at most. */
const SHOWN_MAX = 6;

/** A line each, for people. Throws as `createKinematics` and `describedArm`. */
export async function armFacts(robot: string | RobotDescription, spec: RobotSpec): Promise<readonly string[]> {
  using kinematics = await createKinematics(spec);
  using shadow = await createShadow(spec);
  const model = readCompiledModel(shadow.mujoco, shadow.model);
  return [
    `reach    ${metres(chainM(model, spec))} m from the first joint's axis at most, along the links`,
    `rest     ${restText(kinematics)}`,
    `masses   ${massText(model, robot)}`,
    ...(spec.gripper ? [`gripper  ${gripperText(spec.gripper)}`] : []),
    ...(typeof robot === "string" ? [] : await fileFacts(robot)),
  ];
}

export const gripperText = ({ fingers, openingMinM, openingMaxM, speedMaxMPerS, forceMaxN }: Omit<GripperSpec, "actuator">): string =>
  `${fingers.map(({ joint }) => joint).join(", ")}: ${openingMinM} to ${openingMaxM} m open, ${speedMaxMPerS} m/s, ${forceMaxN} N`;

function restText(kinematics: Kinematics): string {
  const { positionM, quaternion } = kinematics.toolPose(kinematics.spec.homeRad);
  const tiltRad = Math.hypot(...turnToDown(quaternion));
  const down = tiltRad < 0.005 ? "straight down" : `down, tilted by ${tiltRad.toFixed(2)} rad`;
  return `tool at (${positionM.map(metres).join(", ")}) m, pointing ${down}`;
}

/** From joint to joint and on to the tool: the farthest that it could be from the first joint. */
function chainM({ bodies }: CompiledModel, { toolSite }: RobotSpec): number {
  let id = bodies.findIndex(({ sites }) => sites.some(({ name }) => name === toolSite));
  const site = bodies[id]?.sites.find(({ name }) => name === toolSite);
  let lengthM = Math.hypot(...(site?.positionM ?? [0, 0, 0]));
  const above = (each: number): boolean => {
    for (let body = bodies[each]!.parent; body > 0; body = bodies[body]!.parent) if (bodies[body]!.joints.length > 0) return true;
    return false;
  };
  for (; id > 0 && above(id); id = bodies[id]!.parent) lengthM += Math.hypot(...bodies[id]!.positionM);
  return lengthM;
}

function massText(model: CompiledModel, robot: string | RobotDescription): string {
  const moves = (id: number): boolean => id > 0 && (model.bodies[id]!.joints.length > 0 || moves(model.bodies[id]!.parent));
  const movingKg = model.bodies.reduce((sum, { massKg }, id) => sum + (moves(id) ? massKg : 0), 0);
  const payload = typeof robot === "string" ? undefined : robot.payload;
  return `${kilograms(movingKg)} kg move${payload ? `, ${kilograms(payload.massKg)} kg of them the payload` : ""}`;
}

async function fileFacts(description: RobotDescription): Promise<readonly string[]> {
  const { leftOut, standing, notes } = await describedArm(description);
  const kinds = [...new Set(leftOut.map(({ what }) => what))].map((what) => {
    const bodies = leftOut.filter((each) => each.what === what).map(({ body }) => `"${body}"`);
    return bodies.length === 1 ? `${what} of ${bodies[0]}` : `${bodies.length} times ${what}`;
  });
  const still = standing.map(({ joint, at, unit }) => `"${joint}" at ${Number(at.toFixed(3))} ${unit}`);
  return [
    ...(kinds.length > 0 ? [`left out ${kinds.join(", ")}: a link without another shape is a rod to the next`] : []),
    ...(still.length > 0 ? [`still    ${shortened(still)}`] : []),
    ...(notes.length > 0 ? [`taken    ${shortened(notes, "\n         ")}`] : []),
  ];
}

const shortened = (texts: readonly string[], joint = ", "): string =>
  [...texts.slice(0, SHOWN_MAX), ...(texts.length > SHOWN_MAX ? [`and ${texts.length - SHOWN_MAX} more`] : [])].join(joint);
const metres = (value: number): string => (Math.round(value * 1000) / 1000 + 0).toFixed(3); // Never -0.000.
const kilograms = (value: number): string => String(Number(value.toPrecision(3)));
