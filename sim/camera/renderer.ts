/** The headless camera: draws a MuJoCo world in software, the same bytes for the same input and the same Node. */
import type { MjData, MjModel } from "@mujoco/mujoco";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import { checkCamera } from "../../runtime/core/projection.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { readScene } from "./scene-content.ts";
import { createView, type View, viewFrame } from "./view.ts";

export interface RendererOptions {
  /** Samples along each edge of a pixel, averaged: 1 to 4; default 2. */
  readonly supersample?: number;
  /** MuJoCo geom groups that are not drawn; default 3, 4 and 5, as in MuJoCo's own viewer. */
  readonly hiddenGroups?: readonly number[];
  /** Multiplies every light, default 1. */
  readonly lightScale?: number;
  /** Colour where nothing is hit, 0..255 a channel; not scaled by lightScale. */
  readonly skyRgb?: readonly [number, number, number];
}

/** Draws one model from any number of cameras; opaque surfaces only, no shadows, textures or gloss. */
export interface Renderer {
  /**
   * Draws the world as MjData has it (after mj_forward or mj_step): RGB, shape (heightPx, widthPx, 3).
   * Fills and returns `out` where given, else a new array; the caller owns either. What does not move is kept per CameraSpec object, so reuse the object.
   */
  render(data: MjData, camera: CameraSpec, out?: Uint8Array): Uint8Array;
}

/** Largest number of samples in a picture: about 340 MB of buffers per camera, twice for the background. */
const SAMPLE_COUNT_MAX = 2 ** 24;

/** Reads the model once (make a new renderer after changing sizes, colours or lights in it); throws AgentError `launch.invalid`. */
export function createRenderer(model: MjModel, options: RendererOptions = {}): Renderer {
  const { supersample = 2, hiddenGroups = [3, 4, 5], lightScale = 1, skyRgb = [150, 165, 180] } = options;
  if (!Number.isInteger(supersample) || supersample < 1 || supersample > 4)
    throw new AgentError(
      "launch.invalid",
      `camera: supersample ${supersample} is outside [1, 4] samples per pixel edge; give 1, 2, 3 or 4`,
    );
  if (!(lightScale >= 0 && lightScale <= 10))
    throw new AgentError(
      "launch.invalid",
      `camera: lightScale ${lightScale} is outside [0, 10]; give one within, 1 is the light of the model`,
    );
  const content = readScene(model, hiddenGroups, lightScale);
  const views = new WeakMap<CameraSpec, View>();

  const viewOf = (camera: CameraSpec): View => {
    const known = views.get(camera);
    if (known) return known;
    checkCamera(camera);
    const sampleCount = camera.widthPx * camera.heightPx * supersample ** 2;
    if (sampleCount > SAMPLE_COUNT_MAX)
      throw new AgentError(
        "launch.invalid",
        `camera "${camera.name}": ${camera.widthPx} x ${camera.heightPx} px at supersample ${supersample} is ${sampleCount} samples, more than ${SAMPLE_COUNT_MAX}; make the picture or supersample smaller`,
      );
    const view = createView(content, camera, supersample, skyRgb);
    views.set(camera, view);
    return view;
  };

  return {
    render(data, camera, out) {
      const view = viewOf(camera);
      const byteCount = camera.widthPx * camera.heightPx * 3;
      const picture = out ?? new Uint8Array(byteCount);
      invariant(picture.length === byteCount, `camera "${camera.name}" was given ${picture.length} bytes for a picture of ${byteCount}`);
      viewFrame(view, data, picture);
      return picture;
    },
  };
}
