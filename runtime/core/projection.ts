/** The pinhole camera: its axes, its checks and where a world point lands in its picture. */
import { AgentError, invariant } from "./errors.ts";
import type { CameraSpec } from "./sensing.ts";
import type { Vec3 } from "./vec3.ts";

/** Largest picture edge. */
const CAMERA_EDGE_PX_MAX = 4096;

/** Camera axes in the world, each of length 1, and the focal length that makes pixels square. */
export interface CameraAxes {
  readonly right: Vec3;
  readonly down: Vec3;
  readonly forward: Vec3;
  readonly focalPx: number;
}

/** A point in a picture: (0, 0) is the outer corner of the top left pixel, whose centre is (0.5, 0.5). */
export interface PixelPoint {
  /** NaN when the point is not in front of the camera (depthM <= 0). */
  readonly xPx: number;
  readonly yPx: number;
  /** Distance along the optical axis. */
  readonly depthM: number;
}

/** Where a world point lands in the camera's picture; it may lie outside the picture's edges. */
export function projectToPixel(camera: CameraSpec, pointM: Vec3): PixelPoint {
  const { right, down, forward, focalPx } = cameraAxes(camera);
  const offset = subtract(pointM, camera.positionM);
  const depthM = dot(forward, offset);
  if (!(depthM > 0)) return { xPx: Number.NaN, yPx: Number.NaN, depthM };
  return {
    xPx: camera.widthPx / 2 + (focalPx * dot(right, offset)) / depthM,
    yPx: camera.heightPx / 2 + (focalPx * dot(down, offset)) / depthM,
    depthM,
  };
}

/** The axes of a camera whose picture has world z up, or world x up when it looks along z; throws AgentError `launch.invalid`. */
export function cameraAxes(camera: CameraSpec): CameraAxes {
  checkCamera(camera);
  const forward = normalise(subtract(camera.targetM, camera.positionM));
  const isVertical = Math.hypot(forward[0], forward[1]) < 1e-6;
  const right = normalise(cross(forward, isVertical ? [1, 0, 0] : [0, 0, 1]));
  const down = cross(forward, right);
  return { right, down, forward, focalPx: camera.heightPx / 2 / Math.tan(camera.fovYRad / 2) };
}

/** Throws AgentError `launch.invalid` for a camera that has no picture: size, field of view, place. */
export function checkCamera(camera: CameraSpec): void {
  const reject = (facts: string): never => {
    throw new AgentError("launch.invalid", `camera "${camera.name}": ${facts}`);
  };
  for (const edge of ["widthPx", "heightPx"] as const) {
    const px = camera[edge];
    if (!Number.isInteger(px) || px < 1 || px > CAMERA_EDGE_PX_MAX)
      reject(`${edge} ${px} is outside [1, ${CAMERA_EDGE_PX_MAX}] px; give a whole number in that range`);
  }
  const { fovYRad } = camera;
  if (!(fovYRad >= 0.01 && fovYRad <= 3)) reject(`fovYRad ${fovYRad} is outside [0.01, 3] rad; give the vertical field of view in radians`);
  for (const point of ["positionM", "targetM"] as const) {
    const value = camera[point];
    if (!value.every(Number.isFinite)) reject(`${point} (${value.join(", ")}) m is not finite; give three numbers`);
  }
  const distanceM = Math.hypot(...subtract(camera.targetM, camera.positionM));
  if (!(distanceM >= 1e-6)) reject(`positionM and targetM are ${distanceM} m apart, less than 1e-6 m; move one of them`);
}

const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

function normalise(a: Vec3): Vec3 {
  const length = Math.hypot(...a);
  invariant(length > 0, "a camera axis has no length");
  return [a[0] / length, a[1] / length, a[2] / length];
}
