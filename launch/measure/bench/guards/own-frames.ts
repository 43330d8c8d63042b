/** Frames and rotations of the judge's own: plain matrices, written out, as they are asked for every body of every sample. */
import type { Vec3 } from "../../../../runtime/core/vec3.ts";

/** Row-major 3x3. */
export type Turn = readonly number[];
export interface Frame {
  readonly turn: Turn;
  readonly atM: Vec3;
}

export const vectorAt = (values: ArrayLike<number>, index: number): Vec3 => [
  values[3 * index]!,
  values[3 * index + 1]!,
  values[3 * index + 2]!,
];

/** Metres; much quicker than Math.hypot, which guards against numbers that no place has. */
export const lengthOf = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);

/** Of a unit quaternion (w, x, y, z). */
export function turnOf(quaternions: ArrayLike<number>, index: number): Turn {
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
export function about([x, y, z]: Vec3, rad: number): Turn {
  const half = Math.sin(rad / 2);
  return turnOf([Math.cos(rad / 2), x * half, y * half, z * half], 0);
}

export const applied = (t: Turn, [x, y, z]: Vec3): Vec3 => [
  t[0]! * x + t[1]! * y + t[2]! * z,
  t[3]! * x + t[4]! * y + t[5]! * z,
  t[6]! * x + t[7]! * y + t[8]! * z,
];

/** Into a frame's own axes: the other way round than `applied`. */
export const unapplied = (t: Turn, [x, y, z]: Vec3): Vec3 => [
  t[0]! * x + t[3]! * y + t[6]! * z,
  t[1]! * x + t[4]! * y + t[7]! * z,
  t[2]! * x + t[5]! * y + t[8]! * z,
];

export function placed({ turn, atM }: Frame, pointM: Vec3): Vec3 {
  const [x, y, z] = applied(turn, pointM);
  return [x + atM[0], y + atM[1], z + atM[2]];
}

/** A point as the frame sees it. */
export const seenFrom = ({ turn, atM }: Frame, [x, y, z]: Vec3): Vec3 => unapplied(turn, [x - atM[0], y - atM[1], z - atM[2]]);

export const after = (a: Turn, b: Turn): Turn => [
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
export const within = (outer: Frame, inner: Frame): Frame => ({ turn: after(outer.turn, inner.turn), atM: placed(outer, inner.atM) });

/** A frame as another one sees it. */
export const frameSeenFrom = ({ turn, atM }: Frame, seen: Frame): Frame => {
  const [a, b, c, d, e, f, g, h, i] = turn;
  return { turn: after([a!, d!, g!, b!, e!, h!, c!, f!, i!], seen.turn), atM: seenFrom({ turn, atM }, seen.atM) };
};

/** The rotation vector, rad, of the small turn from one orientation to another. */
export const smallTurn = (from: Turn, to: Turn): Vec3 => [
  (rowsDot(to, 2, from, 1) - rowsDot(to, 1, from, 2)) / 2,
  (rowsDot(to, 0, from, 2) - rowsDot(to, 2, from, 0)) / 2,
  (rowsDot(to, 1, from, 0) - rowsDot(to, 0, from, 1)) / 2,
];

const rowsDot = (a: Turn, i: number, b: Turn, j: number): number =>
  a[3 * i]! * b[3 * j]! + a[3 * i + 1]! * b[3 * j + 1]! + a[3 * i + 2]! * b[3 * j + 2]!;
