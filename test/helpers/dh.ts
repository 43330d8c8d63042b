/** Denavit-Hartenberg matrices, written out: the published kinematics that models are held against. */

/** Homogeneous transform, 4 x 4. */
export type Matrix = readonly (readonly number[])[];

export const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));

/** Craig's convention: the joint's own x axis first, then its z axis; metres, radians. */
export function modifiedDh(a: number, d: number, alpha: number, theta: number): Matrix {
  const [c, s, ca, sa] = [Math.cos(theta), Math.sin(theta), Math.cos(alpha), Math.sin(alpha)];
  return [
    [c, -s, 0, a],
    [s * ca, c * ca, -sa, -d * sa],
    [s * sa, c * sa, ca, d * ca],
    [0, 0, 0, 1],
  ];
}

/** The older convention: the joint's z axis first, then the x axis that it gives; metres, radians. */
export function standardDh(a: number, d: number, alpha: number, theta: number): Matrix {
  const [c, s, ca, sa] = [Math.cos(theta), Math.sin(theta), Math.cos(alpha), Math.sin(alpha)];
  return [
    [c, -s * ca, s * sa, a * c],
    [s, c * ca, -c * sa, a * s],
    [0, sa, ca, d],
    [0, 0, 0, 1],
  ];
}

/** URDF's origin: moved by xyz, then turned by roll, pitch, yaw about the fixed axes; metres, radians. */
export function fromRpy([x, y, z]: readonly number[], [roll, pitch, yaw]: readonly number[]): Matrix {
  const turn = [turnAboutZ(yaw!), turnAboutY(pitch!), turnAboutX(roll!)].reduce(product);
  return [
    [...turn[0]!.slice(0, 3), x!],
    [...turn[1]!.slice(0, 3), y!],
    [...turn[2]!.slice(0, 3), z!],
    [0, 0, 0, 1],
  ];
}

export const turnAboutZ = (angle: number): Matrix => modifiedDh(0, 0, 0, angle);
const turnAboutX = (angle: number): Matrix => modifiedDh(0, 0, angle, 0);
function turnAboutY(angle: number): Matrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [c, 0, s, 0],
    [0, 1, 0, 0],
    [-s, 0, c, 0],
    [0, 0, 0, 1],
  ];
}

/** An axis of the frame that a quaternion (w, x, y, z) turns to. */
export function axisOf([w, x, y, z]: readonly [number, number, number, number], axis: "x" | "z"): readonly number[] {
  return axis === "x"
    ? [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)]
    : [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
}
