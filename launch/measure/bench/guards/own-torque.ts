/** What a motion asks of each drive, by the judge's own reckoning: each body's mass and inertia against how it is accelerated, seen by differences, and what that comes to about each joint (d'Alembert). */
import type { JointCommand } from "../../../../runtime/core/motion.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import type { Shadow } from "../../../../runtime/kinematics/shadow.ts";
import { applied, type Frame, smallTurn, turnOf, unapplied, vectorAt, within } from "./own-frames.ts";
import { type Body, poseAt } from "./own-tree.ts";

/** Between the three looks that an acceleration is seen by. */
const STEP_S = 3e-4;
const GRAVITY_M_PER_S2 = 9.81;

interface Mass {
  readonly body: number;
  readonly kg: number;
  /** Centre and principal axes in the body's frame. */
  readonly frame: Frame;
  /** About them, kg m². */
  readonly inertia: Vec3;
}

/** Of the robot's model. */
interface Weights {
  readonly masses: readonly Mass[];
  /** Shape (jointCount): rotor inertia, kg m²; N m s/rad; N m. */
  readonly armature: readonly number[];
  readonly damping: readonly number[];
  readonly frictionNm: readonly number[];
  readonly tool: { readonly body: number; readonly atM: Vec3 };
}

export function weightsOf({ model, dofIndex, siteId, siteBodyId }: Shadow): Weights {
  const masses = Array.from({ length: model.nbody as number }, (_, body): Mass => {
    const frame = { turn: turnOf(model.body_iquat, body), atM: vectorAt(model.body_ipos, body) };
    return { body, kg: model.body_mass[body], frame, inertia: vectorAt(model.body_inertia, body) };
  });
  return {
    masses: masses.filter(({ kg }) => kg > 0),
    armature: dofIndex.map((dof) => model.dof_armature[dof]),
    damping: dofIndex.map((dof) => (typeof model.dof_damping[dof] === "number" ? model.dof_damping[dof] : 0)),
    frictionNm: dofIndex.map((dof) => model.dof_frictionloss[dof]),
    tool: { body: siteBodyId, atM: vectorAt(model.site_pos, siteId) },
  };
}

/** N m, shape (jointCount), the most that is asked whichever way dry friction acts; a payload is a point at the tool. */
export function torqueNm(bodies: readonly Body[], weights: Weights, motion: JointCommand, payloadKg: number): readonly number[] {
  const { armature, damping, frictionNm, tool } = weights;
  const posture = (tS: number): number[] =>
    Array.from(
      motion.positionRad,
      (rad, joint) => rad + tS * motion.velocityRadPerS[joint]! + ((tS * tS) / 2) * motion.accelerationRadPerS2[joint]!,
    );
  const [before, now, next] = [-STEP_S, 0, STEP_S].map((tS) => poseAt(bodies, posture(tS))) as [Pose, Pose, Pose];
  const asked = armature.map(
    (kgM2, joint) => kgM2 * motion.accelerationRadPerS2[joint]! + damping[joint]! * motion.velocityRadPerS[joint]!,
  );
  const load: Mass = { body: tool.body, kg: payloadKg, frame: { turn: UNTURNED, atM: tool.atM }, inertia: [0, 0, 0] };
  for (const { body, kg, frame, inertia } of [...weights.masses, load]) {
    const [a, b, c] = [before, now, next].map(({ frames }) => within(frames[body]!, frame)) as [Frame, Frame, Frame];
    const pushN = [0, 1, 2].map((i) => (kg * (c.atM[i]! - 2 * b.atM[i]! + a.atM[i]!)) / STEP_S ** 2) as [number, number, number];
    pushN[2] += kg * GRAVITY_M_PER_S2;
    const twistNm = twist(inertia, a, b, c);
    for (const { joint, axis, atM } of now.pivots[body]!) {
      const lever: Vec3 = [b.atM[0] - atM[0], b.atM[1] - atM[1], b.atM[2] - atM[2]];
      asked[joint]! += dot(axis, cross(lever, pushN)) + dot(axis, twistNm);
    }
  }
  return asked.map((value, joint) => Math.abs(value) + frictionNm[joint]!);
}

type Pose = ReturnType<typeof poseAt>;
const UNTURNED = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

/** What turning a body takes: I α + ω × I ω, base frame. */
function twist(inertia: Vec3, before: Frame, now: Frame, next: Frame): Vec3 {
  const [into, onwards] = [smallTurn(before.turn, now.turn), smallTurn(now.turn, next.turn)];
  const speed = [0, 1, 2].map((i) => (onwards[i]! + into[i]!) / (2 * STEP_S)) as unknown as Vec3;
  const gain = [0, 1, 2].map((i) => (onwards[i]! - into[i]!) / STEP_S ** 2) as unknown as Vec3;
  const times = (vector: Vec3): Vec3 => {
    const [x, y, z] = unapplied(now.turn, vector);
    return applied(now.turn, [inertia[0] * x, inertia[1] * y, inertia[2] * z]);
  };
  const [spun, turned] = [times(gain), cross(speed, times(speed))];
  return [spun[0] + turned[0], spun[1] + turned[1], spun[2] + turned[2]];
}

const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
