/** The arm's whole shape at a posture: where its links are, how near they are to one another, and how near it is to a singularity. MuJoCo's own functions on the robot's own model. */
import { SingularValueDecomposition } from "ml-matrix";
import type { RobotSpec } from "../core/robot.ts";
import type { Vec3 } from "../core/vec3.ts";
import { createKinematics } from "./kinematics.ts";
import { createShadow, type Shadow } from "./shadow.ts";

/** Part of a link: what of it lies in no ball is a few millimetres at most. Base frame, metres. */
export interface Ball {
  readonly link: string;
  readonly centreM: Vec3;
  readonly radiusM: number;
  /** Moved by every joint of the arm, as the tool point is. */
  readonly isHand: boolean;
}

export interface Nearness {
  readonly distanceM: number;
  readonly between: readonly [string, string];
}

/** All joint positions have shape (jointCount), in the order of the spec. */
export interface ArmShape extends Disposable {
  /** Of all links that move, or of those parts of them whose centre and bounding radius, metres, are near what one looks for. */
  balls(positionRad: ArrayLike<number>, isNear?: (centreM: Vec3, boundM: number) => boolean): readonly Ball[];
  /** The nearest two links of those that are no neighbours and stay apart at home; null where all are further apart than `withinM`. */
  nearest(positionRad: ArrayLike<number>, withinM: number): Nearness | null;
  /** How much such a distance may differ between two postures where it is the same. */
  readonly distanceNoiseM: number;
  /** The most that any point of the arm may move on the way from one posture straight to another, metres. */
  travelM(fromRad: ArrayLike<number>, toRad: ArrayLike<number>): number;
  /** Condition number of the tool's translation, unit-free: 1 where every direction is alike, without bound at a singularity. */
  condition(positionRad: ArrayLike<number>): number;
}

const DISTANCE_NOISE_M = 1e-8;
/** MuJoCo's search for the nearest points ends here; its own 1 um is what an arm could creep at every step. */
const CCD_TOLERANCE_M = 1e-10;
/** Links nearer than this at home are built that way. */
const APART_AT_HOME_M = 0.03;
/** Links so many joints apart are no neighbours. */
const JOINTS_APART_MIN = 2;
const GEOM = { sphere: 2, capsule: 3, ellipsoid: 4, cylinder: 5, box: 6 } as const;

/** Throws AgentError `model.*` as the kinematics do. */
export async function createArmShape(spec: RobotSpec): Promise<ArmShape> {
  const shadow = await createShadow(spec);
  const kinematics = await createKinematics(spec);
  const { mujoco, model, data } = shadow;
  model.opt.ccd_tolerance = CCD_TOLERANCE_M;
  const pose = (positionRad: ArrayLike<number>): void => {
    const qpos: Float64Array = data.qpos; // A view that dies when the WASM heap grows: never kept.
    for (const [joint, index] of shadow.qposIndex.entries()) qpos[index] = positionRad[joint]!;
    mujoco.mj_kinematics(model, data);
  };
  pose(spec.homeRad);
  const links = linksOf(shadow);
  const locals = links.map((link) => {
    const balls = ballsIn(link, shadow);
    return { ...balls, boundM: balls.radiusM + Math.max(0, ...balls.atM.map((at) => Math.hypot(...at))) };
  });
  const distance = (a: number, b: number, withinM: number): number => mujoco.mj_geomDistance(model, data, a, b, withinM, null);
  const leversM = leversOf(links, shadow);
  const pairs = pairsOf(links).filter(([a, b]) => distance(a.geom, b.geom, 2 * APART_AT_HOME_M) > APART_AT_HOME_M);
  return {
    balls(positionRad, isNear = () => true) {
      pose(positionRad);
      const [atM, turn]: Float64Array[] = [data.geom_xpos, data.geom_xmat]; // Each look at them makes a new view.
      const balls: Ball[] = [];
      for (const [index, { geom, name, joints }] of links.entries()) {
        const { atM: localM, radiusM, boundM } = locals[index]!;
        if (!isNear([atM![3 * geom]!, atM![3 * geom + 1]!, atM![3 * geom + 2]!], boundM)) continue;
        const isHand = joints === spec.joints.length;
        for (const point of localM) balls.push({ link: name, centreM: placed(geom, point, atM!, turn!), radiusM, isHand });
      }
      return balls;
    },
    nearest(positionRad, withinM) {
      pose(positionRad);
      const at: Float64Array = data.geom_xpos;
      let nearest: Nearness | null = null;
      for (const [a, b] of pairs) {
        const x = at[3 * a.geom]! - at[3 * b.geom]!;
        const y = at[3 * a.geom + 1]! - at[3 * b.geom + 1]!;
        const z = at[3 * a.geom + 2]! - at[3 * b.geom + 2]!;
        if (Math.sqrt(x * x + y * y + z * z) - a.boundM - b.boundM > withinM) continue;
        const distanceM = distance(a.geom, b.geom, withinM);
        if (distanceM < (nearest?.distanceM ?? withinM)) nearest = { distanceM, between: [a.name, b.name] };
      }
      return nearest;
    },
    distanceNoiseM: DISTANCE_NOISE_M,
    travelM: (fromRad, toRad) => leversM.reduce((sum, leverM, joint) => sum + leverM * Math.abs(toRad[joint]! - fromRad[joint]!), 0),
    condition(positionRad) {
      const jacobian = kinematics.jacobian(positionRad);
      const count = spec.joints.length;
      const rows = [0, 1, 2].map((row) => Array.from(jacobian.subarray(row * count, (row + 1) * count)));
      const [largest = 0, , smallest = 0] = new SingularValueDecomposition(rows, { autoTranspose: true }).diagonal;
      return smallest > 0 ? largest / smallest : Number.POSITIVE_INFINITY;
    },
    [Symbol.dispose]() {
      kinematics[Symbol.dispose]();
      shadow[Symbol.dispose]();
    },
  };
}

interface Link {
  readonly geom: number;
  readonly body: number;
  readonly name: string;
  /** Joints of the spec between it and the base. */
  readonly joints: number;
  readonly boundM: number;
}

/** Shapes of bodies that a joint of the spec moves, and those of the base. */
function linksOf({ mujoco, model, dofIndex }: Shadow): readonly Link[] {
  const moving = new Set(dofIndex);
  const jointsOf = (body: number): number => {
    if (body === 0) return 0;
    const first: number = model.body_dofadr[body];
    const own = Array.from({ length: model.body_dofnum[body] as number }, (_, i) => first + i).filter((dof) => moving.has(dof)).length;
    return own + jointsOf(model.body_parentid[body]);
  };
  return Array.from({ length: model.ngeom as number }, (_, geom) => geom)
    .filter((geom) => Object.values(GEOM).includes(model.geom_type[geom]))
    .map((geom) => {
      const body: number = model.geom_bodyid[geom];
      const name = mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_BODY.value, body) || `body ${body}`;
      return { geom, body, name, joints: jointsOf(body), boundM: model.geom_rbound[geom] };
    });
}

/** How far a joint of the spec moves a point of the arm at most for each radian, metres: the way from its axis along the bodies to the end of the furthest shape. */
function leversOf(links: readonly Link[], { model, dofIndex }: Shadow): readonly number[] {
  const length = (values: ArrayLike<number>, index: number): number =>
    Math.hypot(values[3 * index]!, values[3 * index + 1]!, values[3 * index + 2]!);
  return dofIndex.map((dof) => {
    const joint: number = model.dof_jntid[dof];
    const moved: number = model.jnt_bodyid[joint];
    const ways = links.map(({ geom, body, boundM }) => {
      let wayM = length(model.geom_pos, geom) + boundM;
      let at = body;
      for (; at !== 0 && at !== moved; at = model.body_parentid[at]) wayM += length(model.body_pos, at);
      return at === 0 ? 0 : wayM + length(model.jnt_pos, joint);
    });
    return Math.max(...ways);
  });
}

const pairsOf = (links: readonly Link[]): readonly (readonly [Link, Link])[] =>
  links.flatMap((a, index) =>
    links.slice(index + 1).flatMap((b) => (Math.abs(a.joints - b.joints) >= JOINTS_APART_MIN ? [[a, b] as const] : [])),
  );

/** Balls along what is long are half a radius apart: between two of them no more than 3 % of it is left out. */
const APART_RADII = 0.5;
/** Points all over a box are no further apart, so that nothing wider slips in between its corners. */
const BOX_STEP_M = 0.015;
/** From -half to half in even steps, both included. */
const evenly = (half: number, stepM: number): readonly number[] => {
  const count = Math.max(2, Math.ceil((2 * half) / stepM) + 1);
  return Array.from({ length: count }, (_, i) => half * ((2 * i) / (count - 1) - 1));
};

/** Where the balls of a link are in its own frame: along z for what is long, all over a box. The base stands where it stands, and has none. */
function ballsIn(link: Link, { model }: Shadow): { readonly atM: readonly Vec3[]; readonly radiusM: number } {
  const { geom, joints, boundM } = link;
  if (joints === 0) return { atM: [], radiusM: 0 };
  const [a, b, c] = [0, 1, 2].map((axis) => model.geom_size[3 * geom + axis] as number) as [number, number, number];
  const type: number = model.geom_type[geom];
  if (type === GEOM.box) {
    const [alongX, alongY, alongZ] = [a, b, c].map((half) => evenly(half, BOX_STEP_M)) as [number[], number[], number[]];
    return { atM: alongX.flatMap((x) => alongY.flatMap((y) => alongZ.map((z): Vec3 => [x, y, z]))), radiusM: 0 };
  }
  if (type !== GEOM.capsule && type !== GEOM.cylinder) return { atM: [[0, 0, 0]], radiusM: boundM };
  return { atM: evenly(b, APART_RADII * a).map((z): Vec3 => [0, 0, z]), radiusM: a };
}

/** From the frame of a shape to the base frame. */
function placed(geom: number, [x, y, z]: Vec3, atM: Float64Array, turn: Float64Array): Vec3 {
  const at = 3 * geom;
  const row = 9 * geom;
  return [
    atM[at]! + (turn[row]! * x + turn[row + 1]! * y + turn[row + 2]! * z),
    atM[at + 1]! + (turn[row + 3]! * x + turn[row + 4]! * y + turn[row + 5]! * z),
    atM[at + 2]! + (turn[row + 6]! * x + turn[row + 7]! * y + turn[row + 8]! * z),
  ];
}
