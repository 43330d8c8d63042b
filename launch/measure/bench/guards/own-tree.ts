/** The tree of bodies that a robot's model lists, as the judge reads it, and where each is when the joints are somewhere. */
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import type { Shadow } from "../../../../runtime/kinematics/shadow.ts";
import { about, applied, type Frame, placed, turnOf, vectorAt, within } from "./own-frames.ts";

interface Hinge {
  readonly joint: number;
  readonly axis: Vec3;
  readonly anchorM: Vec3;
  readonly zeroRad: number;
}

export interface Body {
  readonly parent: number;
  readonly name: string;
  readonly frame: Frame;
  readonly hinges: readonly Hinge[];
  /** Joints of the spec between it and the base. */
  readonly joints: number;
}

/** A joint's axis, of length 1, and a point on it; base frame. */
export interface Pivot {
  readonly joint: number;
  readonly axis: Vec3;
  readonly atM: Vec3;
}

export interface Pose {
  /** Of each body, base frame. */
  readonly frames: readonly Frame[];
  /** That move each body. */
  readonly pivots: readonly (readonly Pivot[])[];
}

export function bodiesOf({ mujoco, model, dofIndex }: Shadow): readonly Body[] {
  const bodies: Body[] = [];
  for (let body = 0; body < (model.nbody as number); body++) {
    const first: number = model.body_jntadr[body];
    const hinges = Array.from({ length: model.body_jntnum[body] as number }, (_, i) => first + i)
      .map((id): Hinge => {
        const zeroRad: number = model.qpos0[model.jnt_qposadr[id]];
        return {
          joint: dofIndex.indexOf(model.jnt_dofadr[id]),
          axis: vectorAt(model.jnt_axis, id),
          anchorM: vectorAt(model.jnt_pos, id),
          zeroRad,
        };
      })
      .filter(({ joint }) => joint >= 0); // Fingers stay where the model has them.
    const parent: number = model.body_parentid[body];
    const joints = hinges.length + (body === 0 ? 0 : bodies[parent]!.joints);
    const frame = { turn: turnOf(model.body_quat, body), atM: vectorAt(model.body_pos, body) };
    const name = mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_BODY.value, body) || `body ${body}`;
    bodies.push({ parent, name, frame, hinges, joints });
  }
  return bodies;
}

/** Joint positions of shape (jointCount). */
export function poseAt(bodies: readonly Body[], positionRad: ArrayLike<number>): Pose {
  const frames: Frame[] = [];
  const pivots: (readonly Pivot[])[] = [];
  for (const [index, { parent, frame, hinges }] of bodies.entries()) {
    let at = index === 0 ? frame : within(frames[parent]!, frame);
    const own = hinges.map((hinge): Pivot => {
      const pivot = { joint: hinge.joint, axis: applied(at.turn, hinge.axis), atM: placed(at, hinge.anchorM) };
      at = turned(at, hinge, positionRad);
      return pivot;
    });
    frames.push(at);
    pivots.push(index === 0 ? own : [...pivots[parent]!, ...own]);
  }
  return { frames, pivots };
}

/** A frame after one of its hinges has turned: the hinge's anchor stays where it is. */
function turned(at: Frame, { joint, axis, anchorM, zeroRad }: Hinge, positionRad: ArrayLike<number>): Frame {
  const turn = about(axis, positionRad[joint]! - zeroRad);
  const [x, y, z] = applied(turn, anchorM);
  return within(at, { turn, atM: [anchorM[0] - x, anchorM[1] - y, anchorM[2] - z] });
}
