/** Frames within frames: what is where, seen from somewhere else. */
import type { Frame } from "../../runtime/kinematics/compiled-model.ts";
import { multiply, type Quaternion } from "../../runtime/kinematics/quaternion.ts";

export const identity: Frame = { positionM: [0, 0, 0], quaternion: [1, 0, 0, 0] };

/** A frame that is given in `outer`, as seen from where `outer` is given. */
export function within(outer: Frame, { positionM, quaternion }: Frame): Frame {
  const moved = rotated(outer.quaternion, positionM);
  return {
    positionM: moved.map((value, axis) => value + outer.positionM[axis]!),
    quaternion: multiply(asQuaternion(outer.quaternion), asQuaternion(quaternion)),
  };
}

/** How the place in which a frame is given looks from that frame. */
export function inverted({ positionM, quaternion }: Frame): Frame {
  const [w, x, y, z] = asQuaternion(quaternion);
  const back: Quaternion = [w, -x, -y, -z];
  return { positionM: rotated(back, positionM).map((value) => 0 - value), quaternion: back };
}

/** A vector turned by a quaternion of length 1. */
export function rotated(quaternion: readonly number[], [vx = 0, vy = 0, vz = 0]: readonly number[]): number[] {
  const [w, x, y, z] = asQuaternion(quaternion);
  const [tx, ty, tz] = [2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)];
  return [vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx];
}

export function turnAbout(axis: readonly number[], angleRad: number): Quaternion {
  const sine = Math.sin(angleRad / 2);
  return [Math.cos(angleRad / 2), axis[0]! * sine, axis[1]! * sine, axis[2]! * sine];
}

/** Of URDF's roll, pitch, yaw: about the fixed x, then y, then z axis. */
export function turnOf([roll, pitch, yaw]: readonly [number, number, number]): Quaternion {
  return multiply(turnAbout([0, 0, 1], yaw), multiply(turnAbout([0, 1, 0], pitch), turnAbout([1, 0, 0], roll)));
}

/** URDF's roll, pitch, yaw of a quaternion of length 1. */
export function rollPitchYaw(quaternion: readonly number[]): [number, number, number] {
  const [w, x, y, z] = asQuaternion(quaternion);
  const sine = Math.max(-1, Math.min(1, 2 * (w * y - z * x)));
  return [
    Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    Math.asin(sine),
    Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

/** The rotation of a frame whose x and z axes point there: unit vectors at a right angle. Shepperd's method, by the largest component. */
export function quaternionOfAxes(x: readonly number[], z: readonly number[]): Quaternion {
  const y = [z[1]! * x[2]! - z[2]! * x[1]!, z[2]! * x[0]! - z[0]! * x[2]!, z[0]! * x[1]! - z[1]! * x[0]!];
  const [a, b, c] = [x[0]!, y[1]!, z[2]!];
  const squares = [1 + a + b + c, 1 + a - b - c, 1 - a + b - c, 1 - a - b + c];
  const largest = squares.indexOf(Math.max(...squares));
  const sums = [y[2]! - z[1]!, z[0]! - x[2]!, x[1]! - y[0]!, x[1]! + y[0]!, x[2]! + z[0]!, y[2]! + z[1]!] as const;
  const rows = [
    [squares[0]!, sums[0], sums[1], sums[2]],
    [sums[0], squares[1]!, sums[3], sums[4]],
    [sums[1], sums[3], squares[2]!, sums[5]],
    [sums[2], sums[4], sums[5], squares[3]!],
  ] as const;
  const scale = 1 / (2 * Math.sqrt(squares[largest]!));
  return rows[largest]!.map((value) => value * scale) as unknown as Quaternion;
}

export const asQuaternion = ([w = 1, x = 0, y = 0, z = 0]: readonly number[]): Quaternion => [w, x, y, z];
