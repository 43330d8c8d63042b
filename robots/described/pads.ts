/** What a gripper touches with where the file has only meshes of it: a pad on each side of the tool point, facing the other when the fingers are closed. */
import type { CompiledModel, Frame } from "../../runtime/kinematics/compiled-model.ts";
import { bodyOfJoint, pathTo } from "./chain.ts";
import { inverted, quaternionOfAxes, rotated, within } from "./frames.ts";
import { closedOf, type DescribedGripper, travelOf } from "./gripper.ts";
import { placeOf, posedAt } from "./settle.ts";
import type { ToolPoint } from "./tool-point.ts";

/** A box fixed to a body, in the body's frame. */
export interface Pad extends Frame {
  readonly body: number;
}

/** Half sizes: across the fingers, along their breadth, along the tool. */
export const PAD_M = [0.004, 0.01, 0.0125] as const;
/** A share of the way, to see which way a finger goes. */
const FIRST_SHARE = 0.02;
const STILL_M = 1e-6;

/** One side of a gripper: the body that is nearest to the tool point there. */
export interface Side {
  readonly body: number;
  /** Unit vector at the tool point, across the tool, that it opens along. */
  readonly opens: readonly number[];
  /** How far it is from the tool point when it is wide open, metres. */
  readonly wayM: number;
}

/** The sides that move, one or two; none where what moves does not close at the tool point. `model` has the fingers' joints. */
export function sidesOf(model: CompiledModel, gripper: Pick<DescribedGripper, "fingers">, tool: ToolPoint): readonly Side[] {
  const poses = [0, FIRST_SHARE, 1].map((share) => posedAt(model, positionsAt(gripper, share))) as [
    CompiledModel,
    CompiledModel,
    CompiledModel,
  ];
  const at = within(placeOf(poses[0], tool.body), tool);
  const along = rotated(at.quaternion, [0, 0, 1]);
  const sides = fingerBodies(model, gripper).flatMap((body) => {
    const own = within(inverted(placeOf(poses[0], body)), at);
    const [first, open] = [poses[1], poses[2]].map((pose) => difference(within(placeOf(pose, body), own).positionM, at.positionM));
    const across = unit(
      difference(
        first!,
        along.map((value) => value * dot(first!, along)),
      ),
    );
    const awayM = Math.hypot(...difference(placeOf(poses[0], body).positionM, at.positionM));
    return across ? [{ body, opens: across, wayM: Math.hypot(...open!), awayM }] : [];
  });
  const nearest = sides.toSorted((a, b) => a.awayM - b.awayM);
  const [one] = nearest;
  const other = nearest.find(({ opens }) => dot(opens, one!.opens) < 0);
  return [one, other].flatMap((side) => (side ? [{ body: side.body, opens: side.opens, wayM: side.wayM }] : []));
}

/** None where the fingers have shapes of their own that touch. */
export function padsOf(model: CompiledModel, gripper: DescribedGripper, tool: ToolPoint): readonly Pad[] {
  const touches = fingerBodies(model, gripper).some((id) =>
    model.bodies[id]!.geoms.some(({ contype, conaffinity }) => contype !== 0 || conaffinity !== 0),
  );
  const sides = touches ? [] : sidesOf(model, gripper, tool);
  if (sides.length === 0) return [];
  const pose = posedAt(model, positionsAt(gripper, 0));
  const at = within(placeOf(pose, tool.body), tool);
  const along = rotated(at.quaternion, [0, 0, 1]);
  const [first, second] = sides;
  const facing = second ?? { body: tool.body, opens: first!.opens.map((value) => 0 - value) };
  return [first!, facing].map(({ body, opens }) => {
    const positionM = at.positionM.map((value, axis) => value + opens[axis]! * (PAD_M[0] + gripper.openingMinM / 2));
    return { body, ...within(inverted(placeOf(pose, body)), { positionM, quaternion: quaternionOfAxes(opens, along) }) };
  });
}

/** Every body that a finger's joint moves. */
const fingerBodies = (model: CompiledModel, { fingers }: Pick<DescribedGripper, "fingers">): readonly number[] => {
  const roots = fingers.map(({ joint }) => bodyOfJoint(model, joint));
  return model.bodies.flatMap((_, id) => (pathTo(model, id).some((each) => roots.includes(each)) ? [id] : []));
};

/** The fingers' positions at a share of the way from closed to open. */
export const positionsAt = ({ fingers }: Pick<DescribedGripper, "fingers">, share: number): ReadonlyMap<string, number> =>
  new Map(fingers.map((each) => [each.joint, closedOf(each) + share * travelOf(each)]));

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, axis) => sum + value * b[axis]!, 0);
const difference = (a: readonly number[], b: readonly number[]): readonly number[] => a.map((value, axis) => value - b[axis]!);

/** Null where there is next to nothing. */
function unit(vector: readonly number[]): readonly number[] | null {
  const length = Math.hypot(...vector);
  return length > STILL_M ? vector.map((value) => value / length) : null;
}
