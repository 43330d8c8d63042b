/** The arm as it is used: joints that are not moved stand still, and everything is seen from its base. */
import type { Body, CompiledModel, Frame, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { pathTo } from "./chain.ts";
import { identity, inverted, rotated, turnAbout, within } from "./frames.ts";

/** A joint that stands still, where, and in rad or m. */
export interface Standing {
  readonly joint: string;
  readonly at: number;
  readonly unit: "rad" | "m";
}

export interface Settled {
  readonly model: CompiledModel;
  readonly standing: readonly Standing[];
}

/** Zero, or the nearest to it that the joint reaches. */
export const standsAt = ({ range }: Pick<Joint, "range">): number => (range ? Math.min(range[1], Math.max(range[0], 0)) : 0);

/** `moved` are the names of the joints that are kept. Balls and free joints stand as they are drawn. */
export function settled(model: CompiledModel, moved: readonly string[]): Settled {
  const standing: Standing[] = [];
  const bodies = model.bodies.map((body) => {
    const kept = body.joints.filter(({ name }) => moved.includes(name));
    let frame: Frame = body;
    for (const joint of body.joints) {
      if (kept.includes(joint)) continue;
      const at = standsAt(joint);
      if (joint.kind === "hinge" || joint.kind === "slide")
        standing.push({ joint: joint.name, at, unit: joint.kind === "hinge" ? "rad" : "m" });
      frame = within(frame, displacement(joint, at - joint.reference));
    }
    return { ...body, positionM: frame.positionM, quaternion: frame.quaternion, joints: kept };
  });
  return { model: { ...model, bodies }, standing };
}

/** The same bodies with those joints moved there, for looking at: the joints' own references stay as they were. */
export function posedAt(model: CompiledModel, at: ReadonlyMap<string, number>): CompiledModel {
  const bodies = model.bodies.map((body) => {
    const frame = body.joints.reduce<Frame>(
      (moved, joint) => within(moved, displacement(joint, (at.get(joint.name) ?? joint.reference) - joint.reference)),
      body,
    );
    return { ...body, positionM: frame.positionM, quaternion: frame.quaternion };
  });
  return { ...model, bodies };
}

function displacement({ kind, axis, positionM }: Joint, by: number): Frame {
  if (by === 0 || kind === "free" || kind === "ball") return identity;
  if (kind === "slide") return { positionM: axis.map((value) => value * by), quaternion: [1, 0, 0, 0] };
  const quaternion = turnAbout(axis, by);
  const moved = rotated(quaternion, positionM);
  return { positionM: positionM.map((value, index) => value - moved[index]!), quaternion };
}

/** Where a body is when every joint stands at its reference, seen from the world. */
export const placeOf = ({ bodies }: CompiledModel, id: number): Frame =>
  pathTo({ bodies } as CompiledModel, id).reduce((frame: Frame, each) => within(frame, bodies[each]!), identity);

/** The same arm seen from a base frame: the first body holds the rest in it, and upright things stay upright. */
export function seenFrom(model: CompiledModel, base: number, yawRad: number): CompiledModel {
  const { positionM } = placeOf(model, base);
  const root: Frame = inverted({ positionM, quaternion: turnAbout([0, 0, 1], yawRad) });
  const [world, ...others] = model.bodies as readonly [Body, ...Body[]];
  return { ...model, bodies: [{ ...world, positionM: root.positionM, quaternion: root.quaternion }, ...others] };
}
