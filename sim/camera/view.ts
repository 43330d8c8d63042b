/** One camera's buffers and its frame: what stands still is drawn once, what moves is drawn over a copy of it. */
import type { MjData } from "@mujoco/mujoco";
import { AgentError } from "../../runtime/core/errors.ts";
import { cameraAxes } from "../../runtime/core/projection.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createVertices, LIGHT_STRIDE, type Painter } from "./paint-state.ts";
import { paintGeom } from "./painter.ts";
import { createRaster } from "./raster.ts";
import { averagePixels } from "./resolve.ts";
import type { SceneContent, VisibleGeom } from "./scene-content.ts";
import type { Shape } from "./shape.ts";

export interface View {
  readonly camera: CameraSpec;
  readonly content: SceneContent;
  readonly painter: Painter;
  readonly supersample: number;
  readonly fixed: readonly Drawable[];
  readonly moving: readonly Drawable[];
  readonly background: {
    readonly depth: Float64Array;
    readonly colour: Float32Array;
    /** Poses of the fixed geoms and the lights when it was drawn; NaN before the first time. */
    readonly state: Float64Array;
  };
  readonly skyRgb: readonly number[];
}

interface Drawable {
  readonly geom: VisibleGeom;
  readonly shape: Shape;
}

/** A round geom at the camera's target may miss its true outline by this many samples (half in, half out). */
const OUTLINE_MISS_SAMPLES = 0.5;
const SEGMENTS_MIN = 8;
const SEGMENTS_MAX = 64;
const POSE_NUMBERS = 12;

/** Tessellates every geom for the size it has in this picture and allocates all buffers; throws AgentError `launch.invalid`. */
export function createView(content: SceneContent, camera: CameraSpec, supersample: number, skyRgb: readonly number[]): View {
  const { right, down, forward, focalPx } = cameraAxes(camera);
  const [width, height] = [camera.widthPx * supersample, camera.heightPx * supersample];
  const focal = focalPx * supersample;
  const targetDistanceM = Math.hypot(...camera.targetM.map((value, axis) => value - camera.positionM[axis]!));
  const drawables = content.geoms.map((geom) => ({ geom, shape: geom.shape(segmentsFor((focal * geom.roundM) / targetDistanceM)) }));
  const fixed = drawables.filter(({ geom }) => geom.isFixed);
  const raster = createRaster(width, height, supersample);
  const lightCount = content.lights.length + 1;
  return {
    camera,
    content,
    supersample,
    skyRgb,
    fixed,
    moving: drawables.filter(({ geom }) => !geom.isFixed),
    background: {
      depth: new Float64Array(width * height),
      colour: new Float32Array(width * height * 3),
      state: new Float64Array(fixed.length * POSE_NUMBERS + lightCount * LIGHT_STRIDE).fill(Number.NaN),
    },
    painter: {
      raster,
      turn: Float64Array.from([...right, ...down, ...forward]),
      positionM: Float64Array.from(camera.positionM),
      focal,
      centreX: width / 2,
      centreY: height / 2,
      lights: headlight(content, forward, lightCount),
      ambient: content.ambient,
      vertices: createVertices(Math.max(0, ...drawables.map(({ shape }) => shape.positions.length / 3))),
      toCamera: new Float64Array(12),
    },
  };
}

/** Draws the frame into `out`, RGB of shape (heightPx, widthPx, 3). */
export function viewFrame(view: View, data: MjData, out: Uint8Array): void {
  // WASM memory may have grown since the last frame: the views are taken anew.
  const xpos: Float64Array = data.geom_xpos;
  const xmat: Float64Array = data.geom_xmat;
  const { raster } = view.painter;
  const { background } = view;
  if (view.content.lights.length > 0) placeLights(view, data.light_xpos, data.light_xdir);
  if (noteState(view, xpos, xmat)) {
    raster.depth.fill(0);
    for (let i = 0; i < raster.colour.length; i++) raster.colour[i] = view.skyRgb[i % 3]!;
    paintAll(view, view.fixed, xpos, xmat);
    background.depth.set(raster.depth);
    background.colour.set(raster.colour);
  } else {
    raster.depth.set(background.depth);
    raster.colour.set(background.colour);
  }
  paintAll(view, view.moving, xpos, xmat);
  averagePixels(raster, view.supersample, out);
}

function paintAll(view: View, drawables: readonly Drawable[], xpos: Float64Array, xmat: Float64Array): void {
  for (const { geom, shape } of drawables) {
    checkPose(view, geom.id, xpos, xmat);
    paintGeom(view.painter, shape, geom.rgb, geom.emission, xpos, xmat, geom.id);
  }
}

function checkPose(view: View, id: number, xpos: Float64Array, xmat: Float64Array): void {
  let sum = xpos[id * 3]! + xpos[id * 3 + 1]! + xpos[id * 3 + 2]!;
  for (let i = 0; i < 9; i++) sum += xmat[id * 9 + i]!;
  if (!Number.isFinite(sum))
    throw new AgentError(
      "sense.not-finite",
      `camera "${view.camera.name}": the pose of geom ${id} is not finite; the simulation diverged, reset it`,
    );
}

/** Copies the state that the background depends on; true where it differs from the one it was drawn with. */
function noteState(view: View, xpos: Float64Array, xmat: Float64Array): boolean {
  const { state } = view.background;
  const { lights } = view.painter;
  let isNew = false;
  let o = 0;
  for (const { geom } of view.fixed) {
    for (let i = 0; i < POSE_NUMBERS; i++, o++) {
      const value = i < 3 ? xpos[geom.id * 3 + i]! : xmat[geom.id * 9 + i - 3]!;
      if (state[o] !== value) isNew = true;
      state[o] = value;
    }
  }
  for (let i = 0; i < lights.length; i++, o++) {
    if (state[o] !== lights[i]) isNew = true;
    state[o] = lights[i]!;
  }
  return isNew;
}

/** The painter's lights, the camera's own first; the others' places are set every frame. */
function headlight(content: SceneContent, forward: readonly number[], lightCount: number): Float64Array {
  const lights = new Float64Array(lightCount * LIGHT_STRIDE);
  lights.set([1, -forward[0]!, -forward[1]!, -forward[2]!, ...content.headDiffuse, 1, 0, 0]);
  content.lights.forEach((light, i) => {
    lights.set([light.isDirectional ? 1 : 0, 0, 0, 0, ...light.diffuse, ...light.attenuation], (i + 1) * LIGHT_STRIDE);
  });
  return lights;
}

function placeLights(view: View, xpos: Float64Array, xdir: Float64Array): void {
  const { lights } = view.painter;
  view.content.lights.forEach(({ id, isDirectional }, i) => {
    for (let axis = 0; axis < 3; axis++)
      lights[(i + 1) * LIGHT_STRIDE + 1 + axis] = isDirectional ? -xdir[id * 3 + axis]! : xpos[id * 3 + axis]!;
  });
}

/** Faces around a circle of this radius so that its outline misses by at most OUTLINE_MISS_SAMPLES; a multiple of 4. */
function segmentsFor(radiusSamples: number): number {
  const cosine = 1 - OUTLINE_MISS_SAMPLES / Math.max(radiusSamples, 1);
  const segments = Math.ceil(Math.PI / Math.acos(cosine) / 4) * 4;
  return Math.min(SEGMENTS_MAX, Math.max(SEGMENTS_MIN, segments));
}
