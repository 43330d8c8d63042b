/** What painting into one picture needs: buffers, camera and lights, made once per camera. */
import { type Raster, VERTEX_STRIDE } from "./raster.ts";

/** Surfaces nearer to the camera are cut away. */
export const NEAR_M = 0.01;

/** Numbers per light: 1 = directional, place or direction towards the light (world), diffuse (0..1 each), attenuation. */
export const LIGHT_STRIDE = 10;

/** Everything that painting into one picture needs. */
export interface Painter {
  readonly raster: Raster;
  /** World to camera: rows right, down, forward. */
  readonly turn: Float64Array;
  readonly positionM: Float64Array;
  /** Focal length and picture centre in samples. */
  readonly focal: number;
  readonly centreX: number;
  readonly centreY: number;
  /** Lights in the world, shape (lightCount, LIGHT_STRIDE). */
  readonly lights: Float64Array;
  readonly ambient: readonly number[];
  /** Projected vertices, shape (vertexCount + 5, VERTEX_STRIDE); the last five are for clipping. */
  readonly vertices: Float64Array;
  /** Scratch: geom to camera, rotation then place. */
  readonly toCamera: Float64Array;
}

/** Buffers for a painter of shapes with at most `vertexCountMax` vertices. */
export function createVertices(vertexCountMax: number): Float64Array {
  return new Float64Array((vertexCountMax + 5) * VERTEX_STRIDE);
}
