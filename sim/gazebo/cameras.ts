/** The cameras of a launch file as SDF sensors, at their poses and with their intrinsics. */
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { colourText, type Element, numberText, poseElement, vectorText } from "./xml.ts";

/**
 * Nearer and farther than this nothing is drawn, metres. Nearer, a triangle of the arm fills so much of the picture that the software rasteriser
 * (Mesa llvmpipe 22.3) never ends, and no camera tells anything any more.
 */
const CLIP_M = { near: 0.1, far: 20 } as const;

/** A link with the camera; SDF's looks along x with z up, and has its horizontal field of view. */
export function cameraElement(camera: CameraSpec, rateHz: number, topic: string): Element {
  const { widthPx, heightPx, fovYRad } = camera;
  return {
    "@name": camera.name,
    pose: poseElement(camera.positionM, lookQuaternion(camera)),
    sensor: {
      "@name": camera.name,
      "@type": "camera",
      topic,
      update_rate: numberText(rateHz),
      always_on: "true",
      camera: {
        horizontal_fov: numberText(2 * Math.atan(Math.tan(fovYRad / 2) * (widthPx / heightPx))),
        image: { width: String(widthPx), height: String(heightPx), format: "R8G8B8", anti_aliasing: "4" },
        clip: { near: numberText(CLIP_M.near), far: numberText(CLIP_M.far) },
      },
    },
  };
}

/** Turns x to the camera's target and keeps y level: yaw about z, then pitch about y; (w, x, y, z). */
function lookQuaternion({ positionM, targetM }: CameraSpec): readonly number[] {
  const [x, y, z] = direction(positionM, targetM);
  const [yaw, pitch] = [Math.atan2(y, x) / 2, -Math.atan2(z, Math.hypot(x, y)) / 2];
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return [cy * cp, -sy * sp, cy * sp, sy * cp];
}

/** MuJoCo's light that shines from the camera has no counterpart: each camera gives its share as a light that all of them see. */
export function headlightsOf(cameras: readonly CameraSpec[], diffuse: readonly number[]): readonly Element[] {
  return cameras.map(({ name, positionM, targetM }) => ({
    "@name": `head-${name}`,
    "@type": "directional",
    pose: poseElement(positionM, [1, 0, 0, 0]),
    visualize: "false", // Else the sensors' cameras see the symbol that stands for the light.
    cast_shadows: "false",
    diffuse: `${colourText(diffuse.map((value) => value / cameras.length))} 1`,
    specular: "0 0 0 1",
    direction: vectorText(direction(positionM, targetM)),
  }));
}

function direction(from: readonly number[], to: readonly number[]): [number, number, number] {
  const [x, y, z] = [0, 1, 2].map((axis) => to[axis]! - from[axis]!) as [number, number, number];
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
