/** An arm by a forward kinematics of the judge's own: plain rotations along the tree of bodies that the robot's model lists, and points all over its links. No function is asked that a guard asks. */
import type { RobotSpec } from "../../../../runtime/core/robot.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import { createShadow, type Shadow } from "../../../../runtime/kinematics/shadow.ts";

/** A point of a link's inside: all within `radiusM` of it is the link. Base frame, metres. */
export interface LinkPoint {
  readonly link: string;
  readonly atM: Vec3;
  readonly radiusM: number;
  /** Moved by every joint of the arm. */
  readonly isHand: boolean;
}

/** Joint positions have shape (jointCount). */
export interface OwnArm {
  toolAt(positionRad: ArrayLike<number>): Vec3;
  /** Of all links that a joint moves. */
  pointsAt(positionRad: ArrayLike<number>): readonly LinkPoint[];
}

/** Row-major 3x3. */
type Turn = readonly number[];
interface Frame {
  readonly turn: Turn;
  readonly atM: Vec3;
}
interface Hinge {
  readonly joint: number;
  readonly axis: Vec3;
  readonly anchorM: Vec3;
  readonly zeroRad: number;
}
interface Body {
  readonly parent: number;
  readonly name: string;
  readonly frame: Frame;
  readonly hinges: readonly Hinge[];
  /** Joints of the spec between it and the base. */
  readonly joints: number;
  readonly points: readonly { readonly localM: Vec3; readonly radiusM: number }[];
}

/** Throws AgentErrors of the robot's model, which is not kept. */
export async function createOwnArm(spec: RobotSpec): Promise<OwnArm> {
  using shadow = await createShadow(spec);
  const bodies = bodiesOf(shadow);
  const { siteId, siteBodyId } = shadow;
  const siteM = vectorAt(shadow.model.site_pos, siteId);
  const framesAt = (positionRad: ArrayLike<number>): readonly Frame[] => {
    const frames: Frame[] = [];
    for (const [index, { parent, frame, hinges }] of bodies.entries())
      frames.push(hinges.reduce((at, hinge) => turned(at, hinge, positionRad), index === 0 ? frame : within(frames[parent]!, frame)));
    return frames;
  };
  return {
    toolAt: (positionRad) => placed(framesAt(positionRad)[siteBodyId]!, siteM),
    pointsAt(positionRad) {
      const frames = framesAt(positionRad);
      const all: LinkPoint[] = [];
      for (const [body, { name, joints, points }] of bodies.entries()) {
        const isHand = joints === spec.joints.length;
        for (const { localM, radiusM } of points) all.push({ link: name, atM: placed(frames[body]!, localM), radiusM, isHand });
      }
      return all;
    },
  };
}

function bodiesOf({ mujoco, model, dofIndex }: Shadow): readonly Body[] {
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
    bodies.push({ parent, name, frame, hinges, joints, points: joints === 0 ? [] : pointsOf(model, body) });
  }
  return bodies;
}

const SHAPE = { sphere: 2, capsule: 3, cylinder: 5, box: 6 } as const;
/** Points along what is long, around what is round, and along each edge of a box. */
const COUNTS = { along: 3, around: 6, edge: 3 } as const;
const from = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1);

/** Of a body's shapes, in its frame. */
function pointsOf(model: Shadow["model"], body: number): Body["points"] {
  return Array.from({ length: model.ngeom as number }, (_, geom) => geom)
    .filter((geom) => model.geom_bodyid[geom] === body)
    .flatMap((geom) => {
      const frame = { turn: turnOf(model.geom_quat, geom), atM: vectorAt(model.geom_pos, geom) };
      return shapePoints(model.geom_type[geom], vectorAt(model.geom_size, geom)).map(({ localM, radiusM }) => ({
        localM: placed(frame, localM),
        radiusM,
      }));
    });
}

function shapePoints(type: number, [a, b, c]: Vec3): Body["points"] {
  const solid = (localM: Vec3) => ({ localM, radiusM: 0 });
  if (type === SHAPE.sphere) return [{ localM: [0, 0, 0], radiusM: a }];
  if (type === SHAPE.capsule) return from(COUNTS.along).map((z) => ({ localM: [0, 0, z * b], radiusM: a }));
  if (type === SHAPE.cylinder)
    return from(COUNTS.along).flatMap((z) =>
      Array.from({ length: COUNTS.around }, (_, i) => (2 * Math.PI * i) / COUNTS.around).map((angle) =>
        solid([a * Math.cos(angle), a * Math.sin(angle), z * b]),
      ),
    );
  if (type !== SHAPE.box) return [];
  const steps = from(COUNTS.edge);
  return steps.flatMap((x) => steps.flatMap((y) => steps.map((z) => solid([x * a, y * b, z * c]))));
}

const vectorAt = (values: ArrayLike<number>, index: number): Vec3 => [values[3 * index]!, values[3 * index + 1]!, values[3 * index + 2]!];

/** Of a unit quaternion (w, x, y, z). */
function turnOf(quaternions: ArrayLike<number>, index: number): Turn {
  const at = 4 * index;
  const [w, x, y, z] = [quaternions[at]!, quaternions[at + 1]!, quaternions[at + 2]!, quaternions[at + 3]!];
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

/** By an angle about an axis of length 1 (Rodrigues). */
function about([x, y, z]: Vec3, rad: number): Turn {
  const half = Math.sin(rad / 2);
  return turnOf([Math.cos(rad / 2), x * half, y * half, z * half], 0);
}

const applied = (t: Turn, [x, y, z]: Vec3): Vec3 => [
  t[0]! * x + t[1]! * y + t[2]! * z,
  t[3]! * x + t[4]! * y + t[5]! * z,
  t[6]! * x + t[7]! * y + t[8]! * z,
];
function placed({ turn, atM }: Frame, pointM: Vec3): Vec3 {
  const [x, y, z] = applied(turn, pointM);
  return [x + atM[0], y + atM[1], z + atM[2]];
}
/** Written out, as `turnOf` is: it is asked for every body of every sample. */
const after = (a: Turn, b: Turn): Turn => [
  a[0]! * b[0]! + a[1]! * b[3]! + a[2]! * b[6]!,
  a[0]! * b[1]! + a[1]! * b[4]! + a[2]! * b[7]!,
  a[0]! * b[2]! + a[1]! * b[5]! + a[2]! * b[8]!,
  a[3]! * b[0]! + a[4]! * b[3]! + a[5]! * b[6]!,
  a[3]! * b[1]! + a[4]! * b[4]! + a[5]! * b[7]!,
  a[3]! * b[2]! + a[4]! * b[5]! + a[5]! * b[8]!,
  a[6]! * b[0]! + a[7]! * b[3]! + a[8]! * b[6]!,
  a[6]! * b[1]! + a[7]! * b[4]! + a[8]! * b[7]!,
  a[6]! * b[2]! + a[7]! * b[5]! + a[8]! * b[8]!,
];
const within = (outer: Frame, inner: Frame): Frame => ({ turn: after(outer.turn, inner.turn), atM: placed(outer, inner.atM) });

/** A frame after one of its hinges has turned: the hinge's anchor stays where it is. */
function turned(at: Frame, { joint, axis, anchorM, zeroRad }: Hinge, positionRad: ArrayLike<number>): Frame {
  const turn = about(axis, positionRad[joint]! - zeroRad);
  const [x, y, z] = applied(turn, anchorM);
  return within(at, { turn, atM: [anchorM[0] - x, anchorM[1] - y, anchorM[2] - z] });
}
