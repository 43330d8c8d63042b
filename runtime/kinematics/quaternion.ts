/** Unit quaternions (w, x, y, z) as rotations: only what an orientation error needs. */
export type Quaternion = readonly [number, number, number, number];

/** The tool's z axis straight down and its x axis turned by `yawRad` from world x about world z. */
export function downQuaternion(yawRad: number): Quaternion {
  return [0, Math.cos(yawRad / 2), Math.sin(yawRad / 2), 0]; // Rz(yaw) Rx(pi)
}

/** How far the tool's x axis is turned from world x about world z, rad in [-pi, pi]: of a tool that points straight down, its yaw. */
export function yawOf([w, x, y, z]: Quaternion): number {
  return Math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z));
}

/** Hamilton product: rotate by `b`, then by `a`. */
export function multiply(a: Quaternion, b: Quaternion): Quaternion {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ];
}

/** The same direction with length 1; null when it has no direction (zero or not finite). */
export function normalize(q: Quaternion): Quaternion | null {
  const length = Math.hypot(...q);
  if (!Number.isFinite(length) || length < 1e-9) return null;
  return [q[0] / length, q[1] / length, q[2] / length, q[3] / length];
}

/** The world-frame rotation vector (axis times angle, rad, at most pi long) that turns `current` into `target`. */
export function rotationBetween(current: Quaternion, target: Quaternion): [number, number, number] {
  const [w, x, y, z] = multiply(target, [current[0], -current[1], -current[2], -current[3]]);
  const sine = Math.hypot(x, y, z);
  const sign = w < 0 ? -1 : 1; // q and -q are one rotation: take the short way.
  const factor = sine < 1e-12 ? 2 * sign : (2 * sign * Math.atan2(sine, Math.abs(w))) / sine;
  return [x * factor, y * factor, z * factor];
}

/** The world-frame rotation vector (rad) that turns the tool's z axis straight down the short way; it has no part about the vertical. */
export function turnToDown([w, x, y, z]: Quaternion): [number, number, number] {
  const axis = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)] as const;
  const sine = Math.hypot(axis[0], axis[1]);
  if (sine < 1e-12) return [axis[2] > 0 ? Math.PI : 0, 0, 0]; // Straight up: any way round is as short.
  const factor = Math.atan2(sine, -axis[2]) / sine;
  return [-axis[1] * factor, axis[0] * factor, 0];
}
