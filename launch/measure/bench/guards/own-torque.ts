/** What a motion asks of each drive, by the judge's own reckoning: each body's mass and inertia against how it is accelerated, seen by differences, and what that comes to about each joint (d'Alembert). */
import type { JointCommand } from "../../../../runtime/core/motion.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import type { Shadow } from "../../../../runtime/kinematics/shadow.ts";
import { after, applied, type Frame, placed, smallTurn, type Turn, turnOf, unapplied, vectorAt } from "./own-frames.ts";
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
    const [a, b, c] = [before.frames[body]!, now.frames[body]!, next.frames[body]!];
    const [fromM, centreM, toM] = [placed(a, frame.atM), placed(b, frame.atM), placed(c, frame.atM)];
    const [x, y, z] = scaled(minus(minus(toM, centreM), minus(centreM, fromM)), kg / STEP_S ** 2);
    const pushN: Vec3 = [x, y, z + kg * GRAVITY_M_PER_S2];
    const twistNm = twist(inertia, after(b.turn, frame.turn), smallTurn(a.turn, b.turn), smallTurn(b.turn, c.turn));
    for (const { joint, axis, atM } of now.pivots[body]!) {
      asked[joint]! += dot(axis, plus(cross(minus(centreM, atM), pushN), twistNm));
    }
  }
  return asked.map((value, joint) => Math.abs(value) + frictionNm[joint]!);
}

type Pose = ReturnType<typeof poseAt>;
const UNTURNED = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

/** What turning a body takes whose principal axes are turned so, and that turns so much in the step before and the step after: I α + ω × I ω, base frame. */
function twist(inertia: Vec3, axes: Turn, into: Vec3, onwards: Vec3): Vec3 {
  const speed = scaled(plus(onwards, into), 1 / (2 * STEP_S));
  const gain = scaled(minus(onwards, into), 1 / STEP_S ** 2);
  return plus(inert(inertia, axes, gain), cross(speed, inert(inertia, axes, speed)));
}

/** I v for a body whose principal axes are turned so. */
function inert(inertia: Vec3, axes: Turn, vector: Vec3): Vec3 {
  const [x, y, z] = unapplied(axes, vector);
  return applied(axes, [inertia[0] * x, inertia[1] * y, inertia[2] * z]);
}

const plus = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const scaled = (a: Vec3, by: number): Vec3 => [by * a[0], by * a[1], by * a[2]];
const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
