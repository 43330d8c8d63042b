/** Cameras, tool, imagined path and goal in Foxglove's words for places: transforms, calibrations and scenes. Metres, base frame. */
import { cameraAxes } from "../../core/projection.ts";
import type { CameraSpec } from "../../core/sensing.ts";
import type { Goal } from "../../core/skill.ts";
import type { Tick } from "../../core/tick.ts";
import type { Vec3 } from "../../core/vec3.ts";
import { timeOf } from "./time-of.ts";

const BASE_FRAME = "base";
const TOOL_FRAME = "tool";
const LINE_STRIP = 0;
const DELETE_BY_ID = 0;
/** What an agent that has ended imagined does not stay. */
const LIFETIME = { sec: 2, nsec: 0 };
const COLOURS = {
  pass: { r: 0, g: 0.45, b: 0.7, a: 1 },
  clip: { r: 0.9, g: 0.6, b: 0, a: 1 },
  stop: { r: 0.84, g: 0.37, b: 0, a: 1 },
  goal: { r: 0, g: 0.62, b: 0.45, a: 0.6 },
} as const; // Okabe and Ito's, which a colour-blind person can tell apart.

/** Where every camera is: z forward, x to the right, y down. */
export const cameraTransforms = (cameras: readonly CameraSpec[], atNs: bigint) => ({
  transforms: cameras.map((camera) => {
    const { right, down, forward } = cameraAxes(camera);
    return transform(camera.name, camera.positionM, quaternionOf(right, down, forward), atNs);
  }),
});

export const toolTransform = (toolM: Vec3, atNs: bigint) => ({
  transforms: [transform(TOOL_FRAME, toolM, { x: 0, y: 0, z: 0, w: 1 }, atNs)],
});

export function calibrationOf(camera: CameraSpec, atNs: bigint): object {
  const { focalPx } = cameraAxes(camera);
  const [cx, cy] = [camera.widthPx / 2, camera.heightPx / 2];
  return {
    timestamp: timeOf(atNs),
    frame_id: camera.name,
    width: camera.widthPx,
    height: camera.heightPx,
    distortion_model: "plumb_bob",
    D: [0, 0, 0, 0, 0],
    K: [focalPx, 0, cx, 0, focalPx, cy, 0, 0, 1],
    R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    P: [focalPx, 0, cx, 0, 0, focalPx, cy, 0, 0, 0, 1, 0],
  };
}

/** The path that a decision imagines for the tool. */
export function imaginedScene({ toolM, imaginedToolM, verdict }: Tick["decision"], atNs: bigint): object {
  const points = [...toolM, ...imaginedToolM];
  const path = Array.from({ length: Math.floor(points.length / 3) }, (_, step) => point(points.slice(3 * step, 3 * step + 3)));
  const line = { type: LINE_STRIP, pose: poseAt([0, 0, 0]), thickness: 0.004, scale_invariant: false };
  return sceneOf([
    entity("imagined", atNs, LIFETIME, { lines: [{ ...line, points: path, color: COLOURS[verdict], colors: [], indices: [] }] }),
  ]);
}

/** A goal that is a place, as a ball; one that is a picture takes the ball away. */
export function goalScene(goal: Goal, atNs: bigint): object {
  if (goal.kind === "image") return { deletions: [{ timestamp: timeOf(atNs), type: DELETE_BY_ID, id: "goal" }], entities: [] };
  const ball = { pose: poseAt(goal.positionM), size: { x: 0.03, y: 0.03, z: 0.03 }, color: COLOURS.goal };
  return sceneOf([entity("goal", atNs, { sec: 0, nsec: 0 }, { spheres: [ball] })]);
}

const sceneOf = (entities: readonly object[]) => ({ deletions: [], entities });
const entity = (id: string, atNs: bigint, lifetime: object, shapes: object) => ({
  ...{ timestamp: timeOf(atNs), frame_id: BASE_FRAME, id, lifetime, frame_locked: false, metadata: [] },
  ...{ arrows: [], cubes: [], spheres: [], cylinders: [], lines: [], triangles: [], texts: [], models: [], axes: [] },
  ...shapes,
});
const point = ([x = 0, y = 0, z = 0]: readonly number[]) => ({ x, y, z });
const poseAt = (at: Vec3) => ({ position: point(at), orientation: { x: 0, y: 0, z: 0, w: 1 } });
const transform = (child: string, at: Vec3, rotation: object, atNs: bigint) => ({
  timestamp: timeOf(atNs),
  parent_frame_id: BASE_FRAME,
  child_frame_id: child,
  translation: point(at),
  rotation,
});

/** Of the rotation whose columns are these axes (Shepperd 1978: from its largest element). */
function quaternionOf([a, d, g]: Vec3, [b, e, h]: Vec3, [c, f, i]: Vec3) {
  const candidates = [1 + a + e + i, 1 + a - e - i, 1 - a + e - i, 1 - a - e + i];
  const largest = candidates.indexOf(Math.max(...candidates));
  const [w, x, y, z] = [
    [candidates[0]!, h - f, c - g, d - b],
    [h - f, candidates[1]!, b + d, c + g],
    [c - g, b + d, candidates[2]!, f + h],
    [d - b, c + g, f + h, candidates[3]!],
  ][largest] as [number, number, number, number];
  const length = Math.hypot(w, x, y, z);
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}
