/** The gripper behind an arm: which joints close it, from where to where, how far it opens, how fast and how strong. */
import type { FingerSpec } from "../../../runtime/core/robot.ts";
import type { CompiledModel, Joint } from "../../../runtime/kinematics/compiled-model.ts";
import { bodyOfJoint } from "../chain.ts";
import { inverted, within } from "../frames.ts";
import { type DescribedGripper, openingPerUnit } from "../gripper.ts";
import { positionsAt, sidesOf } from "../pads.ts";
import { placeOf, posedAt } from "../settle.ts";
import type { Source } from "../source/source.ts";
import type { ToolPoint } from "../tool-point.ts";
import type { Chain } from "./chain.ts";

export interface GripperGuess {
  readonly gripper: DescribedGripper | null;
  /** Why there is none, or what it is taken from; empty for an arm without joints behind its hand. */
  readonly why: string;
}

const LEADERS_MAX = 2;
const SPEED_M_PER_S = 0.1;
const SPEED_MAX_M_PER_S = 0.2;
const FORCE_N = 20;
/** Files have placeholders of a thousand. */
const FORCE_MAX_N = 40;
const [OPENING_MIN_M, OPENING_MAX_M] = [0.005, 0.5];
/** A follower that is told to go further out of its own range, m or rad, is told wrongly, and stands still. */
const SLACK = 1e-4;
/** Nearer to one another than this, the ends are alike. */
const ALIKE_M = 1e-4;

/** `tool` in the frames of `model`. */
export function guessGripper(model: CompiledModel, source: Source, chain: Chain, tool: ToolPoint): GripperGuess {
  const joints = chain.gripper.flatMap((name) => model.bodies.flatMap((body) => body.joints.filter((joint) => joint.name === name)));
  const leaders = joints.filter(({ name }) => !source.follows.some(({ joint }) => joint === name));
  const names = leaders.map(({ name }) => name).join(", ");
  if (leaders.length === 0) return { gripper: null, why: "" };
  if (leaders.length > LEADERS_MAX)
    return { gripper: null, why: `${leaders.length} joints behind the arm move by themselves: a hand, or a tool, no gripper` };
  const unbound = leaders.find(({ kind, range }) => (kind !== "hinge" && kind !== "slide") || !range);
  if (unbound) return { gripper: null, why: `"${unbound.name}" has no range, so nobody knows where it is closed` };
  const fingers = leaders.flatMap((leader) => closing(model, source, leader, joints, tool));
  const sides = sidesOf(model, { fingers }, tool);
  const openingMaxM = rounded(sides.reduce((sum, { wayM }) => sum + wayM, 0));
  if (sides.length < leaders.length || openingMaxM < OPENING_MIN_M || openingMaxM > OPENING_MAX_M)
    return { gripper: null, why: `${names} do not close on the tool point` };
  const opened: DescribedGripper = { openingMinM: 0, openingMaxM, speedMaxMPerS: SPEED_M_PER_S, forceMaxN: FORCE_N, fingers };
  return {
    gripper: rated(opened, leaders[0]!, source),
    why: `${names}: closed at the tool point; speed and force as the file says, or small ones`,
  };
}

/** The leader and all that can follow it, closed at the end at which they are nearer to the tool's axis. */
function closing(model: CompiledModel, source: Source, leader: Joint, joints: readonly Joint[], tool: ToolPoint): readonly FingerSpec[] {
  const [low, high] = leader.range!;
  const moved = joints.flatMap((joint) => {
    const line = lineTo(joint.name, leader.name, source);
    const [least, most] = joint.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const follows = line && [low, high].map((at) => line.ratio * at + line.offset).every((at) => at > least - SLACK && at < most + SLACK);
    return follows && (joint.kind === "hinge" || joint.kind === "slide") ? [{ joint, ...line }] : [];
  });
  const from = (closed: number, open: number): readonly FingerSpec[] =>
    moved.map(({ joint: { name, kind }, ratio, offset }) => fingerOf(name, kind, ratio * closed + offset, ratio * open + offset));
  const [up, down] = [from(low, high), from(high, low)];
  return spreadM(model, down, tool) < spreadM(model, up, tool) - ALIKE_M ? down : up;
}

const fingerOf = (joint: string, kind: Joint["kind"], closed: number, open: number): FingerSpec =>
  kind === "slide"
    ? { kind: "slide", joint, closedM: rounded(closed), openM: rounded(open) }
    : { kind: "hinge", joint, closedRad: rounded(closed), openRad: rounded(open) };

/** How a joint goes with the leader, over those between; null where it does not. */
function lineTo(joint: string, leader: string, source: Source, stepsLeft = 8): { readonly ratio: number; readonly offset: number } | null {
  if (joint === leader) return { ratio: 1, offset: 0 };
  const follows = source.follows.find((each) => each.joint === joint);
  const line = follows && follows.ratio !== 0 && stepsLeft > 0 ? lineTo(follows.leader, leader, source, stepsLeft - 1) : null;
  return line && follows ? { ratio: follows.ratio * line.ratio, offset: follows.ratio * line.offset + follows.offset } : null;
}

/** How far the closed fingers' centres of mass are from the tool's axis, on the mean. */
function spreadM(model: CompiledModel, fingers: readonly FingerSpec[], tool: ToolPoint): number {
  const pose = posedAt(model, positionsAt({ fingers }, 0));
  const toTool = inverted(within(placeOf(pose, tool.body), tool));
  const away = fingers.map(({ joint }) => {
    const body = bodyOfJoint(pose, joint);
    const [x = 0, y = 0] = within(toTool, within(placeOf(pose, body), pose.bodies[body]!.inertialFrame)).positionM;
    return Math.hypot(x, y);
  });
  return away.reduce((sum, each) => sum + each, 0) / away.length;
}

/** With the file's speed and effort of the leader, where it has them. */
function rated(gripper: DescribedGripper, leader: Joint, { limits }: Source): DescribedGripper {
  const perUnit = openingPerUnit(gripper);
  const limit = limits.get(leader.name);
  const effort = limit?.torqueMaxNm ?? leader.effortMax ?? leader.servo?.effortMax;
  return {
    ...gripper,
    ...(limit?.velocityMaxRadPerS ? { speedMaxMPerS: Math.min(SPEED_MAX_M_PER_S, twoDigits(limit.velocityMaxRadPerS * perUnit)) } : {}),
    ...(effort && effort > 0 ? { forceMaxN: Math.min(FORCE_MAX_N, twoDigits(effort / perUnit)) } : {}),
  };
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;
const twoDigits = (value: number): number => Number(value.toPrecision(2));
