/** Where the tool of an arm is likely to be, and which way it points: by names first, then by where fingers and the last axis are. */
import type { CompiledModel, Frame } from "../../../runtime/kinematics/compiled-model.ts";
import { childrenOf, pathTo } from "../chain.ts";
import { inverted, rotated, within } from "../frames.ts";
import { placeOf } from "../settle.ts";
import type { Chain } from "./chain.ts";

export interface ToolGuess {
  readonly at: { readonly link: string } | { readonly site: string };
  readonly offsetM: readonly number[];
  /** Unit vectors in that frame that may point out of the tool, the likeliest first. */
  readonly directions: readonly (readonly number[])[];
  readonly why: string;
}

/** What people call the point that counts, the best first. */
const NAMES = [
  /tcp|tool_?cent|grasp|pinch|gripper_?frame|grip_site/i,
  /tool|end_?eff|(^|_)eef?($|_)|ee_(link|site)|fingertip|_tip$|^tip/i,
  /attachment|flange|hand|palm/i,
];
const AXES = [
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
] as const;
const FAR_M = 0.02;

/** `named`: the link or site that somebody chose. */
export function guessTool(model: CompiledModel, { end, gripper }: Chain, named?: string): ToolGuess {
  const rigid = rigidGroup(model, end);
  const places = rigid.flatMap((id) => {
    const body = model.bodies[id]!;
    const frame = placeOf(model, id);
    const sites = body.sites
      .filter(({ name }) => name !== "")
      .map((site) => ({ at: { site: site.name }, name: site.name, frame: within(frame, site) }));
    return [...(body.name === "" ? [] : [{ at: { link: body.name }, name: body.name, frame }]), ...sites];
  });
  const rank = ({ name }: { readonly name: string }): number =>
    name === named ? -1 : (NAMES.findIndex((each) => each.test(name)) + NAMES.length + 1) % (NAMES.length + 1);
  const [best] = places.toSorted((a, b) => rank(a) - rank(b));
  const wrist = placeOf(model, end);
  const chosen = best ?? { at: { link: model.bodies[end]!.name }, name: model.bodies[end]!.name, frame: wrist };
  const fingers = fingerPlaces(model, end, gripper);
  const isPoint = rank(chosen) <= 1;
  const aimM = isPoint || !fingers ? chosen.frame.positionM : fingers; // A jaw's hinge is beside the hand, its tip is not.
  const outward = directionOut(model, end, aimM);
  const back = inverted(chosen.frame);
  return {
    at: chosen.at,
    offsetM: isPoint || !fingers ? [0, 0, 0] : within(back, { positionM: aimM, quaternion: [1, 0, 0, 0] }).positionM,
    directions: directions(rotated(back.quaternion, outward)),
    why: isPoint ? `its name says that it is the tool` : fingers ? "the middle of the fingers" : "the last link of the arm",
  };
}

/** The nearest axis of the frame first, then the direction itself, then what else it could be. */
function directions(outward: readonly number[]): readonly (readonly number[])[] {
  const near = (axis: readonly number[]): number => axis.reduce((sum, value, index) => sum + value * outward[index]!, 0);
  const axes = AXES.toSorted((a, b) => near(b) - near(a));
  return near(axes[0]!) > Math.cos(0.5) ? axes : [outward, ...axes];
}

/** Away from the wrist: along the last axis where the tool lies on it, else from the joint to the tool. */
function directionOut(model: CompiledModel, end: number, aimM: readonly number[]): readonly number[] {
  const joint = model.bodies[end]!.joints.at(-1);
  const wrist = placeOf(model, end);
  const axis = rotated(wrist.quaternion, joint?.axis ?? [0, 0, 1]);
  for (const id of pathTo(model, end).toReversed()) {
    const from = placeOf(model, id).positionM;
    const away = aimM.map((value, index) => value - from[index]!);
    const lengthM = Math.hypot(...away);
    if (lengthM < FAR_M) continue;
    const along = away.reduce((sum, value, index) => sum + value * axis[index]!, 0) / lengthM;
    return Math.abs(along) > 0.7 ? axis.map((value) => value * Math.sign(along)) : away.map((value) => value / lengthM);
  }
  return axis;
}

/** The mean place of what the gripper's joints move; null without a gripper. */
function fingerPlaces(model: CompiledModel, end: number, gripper: readonly string[]): readonly number[] | null {
  const moved = model.bodies.flatMap((body, id) =>
    body.joints.some(({ name }) => gripper.includes(name)) && pathTo(model, id).includes(end) ? [id] : [],
  );
  if (moved.length === 0) return null;
  const places: readonly Frame[] = moved.map((id) => placeOf(model, id));
  return [0, 1, 2].map((axis) => places.reduce((sum, { positionM }) => sum + positionM[axis]!, 0) / places.length);
}

/** The body and all that is fixed to it. */
const rigidGroup = (model: CompiledModel, id: number): readonly number[] => [
  id,
  ...childrenOf(model, id).flatMap((child) => (model.bodies[child]!.joints.length === 0 ? rigidGroup(model, child) : [])),
];
