/** Chances in space: any direction alike, and what is turned a little about any axis. */
import type { Rng } from "../../runtime/core/rng.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";

/** Of length 1. */
export function drawDirection(rng: Rng): Vec3 {
  const z = rng.between(-1, 1); // Bands of a sphere that are equally high are equally large (Archimedes).
  const angle = rng.between(-Math.PI, Math.PI);
  const flat = Math.sqrt(1 - z * z);
  return [flat * Math.cos(angle), flat * Math.sin(angle), z];
}

/** Turned about an axis of any direction by at most `turnRad`, by Rodrigues' formula. */
export function turnedAnyhow(rng: Rng, vector: Vec3, turnRad: number): Vec3 {
  const axis = drawDirection(rng);
  const angle = rng.between(-turnRad, turnRad);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = (1 - cos) * (axis[0] * vector[0] + axis[1] * vector[1] + axis[2] * vector[2]);
  const across = cross(axis, vector);
  return [0, 1, 2].map((i) => cos * vector[i]! + sin * across[i]! + along * axis[i]!) as unknown as Vec3;
}

const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
