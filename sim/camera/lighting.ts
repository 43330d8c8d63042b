/** Lambert's law at every vertex: ambient light, directional lights and lights at a place. */
import { LIGHT_STRIDE, type Painter } from "./paint-state.ts";
import { VERTEX_STRIDE } from "./raster.ts";
import type { Shape } from "./shape.ts";

/** Sets the colour of every vertex of the geom, 0..255 a channel; the light is moved into the geom's frame, not the vertices out of it. */
export function lightVertices(
  painter: Painter,
  shape: Shape,
  rgb: readonly number[],
  emission: number,
  xpos: Float64Array,
  xmat: Float64Array,
  geom: number,
): void {
  const { lights, ambient, vertices } = painter;
  const end = (shape.positions.length / 3) * VERTEX_STRIDE;
  const r = (ambient[0]! + emission) * rgb[0]!;
  const g = (ambient[1]! + emission) * rgb[1]!;
  const b = (ambient[2]! + emission) * rgb[2]!;
  for (let o = 0; o < end; o += VERTEX_STRIDE) {
    vertices[o + 3] = r;
    vertices[o + 4] = g;
    vertices[o + 5] = b;
  }
  for (let l = 0; l < lights.length; l += LIGHT_STRIDE) {
    if (lights[l] === 1) addDirectional(painter, shape, rgb, xmat, geom, l);
    else addPoint(painter, shape, rgb, xpos, xmat, geom, l);
  }
  for (let o = 0; o < end; o += VERTEX_STRIDE) {
    if (vertices[o + 3]! > 255) vertices[o + 3] = 255;
    if (vertices[o + 4]! > 255) vertices[o + 4] = 255;
    if (vertices[o + 5]! > 255) vertices[o + 5] = 255;
  }
}

function addDirectional(painter: Painter, shape: Shape, rgb: readonly number[], xmat: Float64Array, geom: number, l: number): void {
  const { lights, vertices } = painter;
  const { normals } = shape;
  const m = geom * 9;
  const x = lights[l + 1]!;
  const y = lights[l + 2]!;
  const z = lights[l + 3]!;
  const localX = xmat[m]! * x + xmat[m + 3]! * y + xmat[m + 6]! * z;
  const localY = xmat[m + 1]! * x + xmat[m + 4]! * y + xmat[m + 7]! * z;
  const localZ = xmat[m + 2]! * x + xmat[m + 5]! * y + xmat[m + 8]! * z;
  const r = lights[l + 4]! * rgb[0]!;
  const g = lights[l + 5]! * rgb[1]!;
  const b = lights[l + 6]! * rgb[2]!;
  for (let i = 0, o = 3; i < normals.length; i += 3, o += VERTEX_STRIDE) {
    const cosine = normals[i]! * localX + normals[i + 1]! * localY + normals[i + 2]! * localZ;
    if (cosine > 0) {
      vertices[o]! += r * cosine;
      vertices[o + 1]! += g * cosine;
      vertices[o + 2]! += b * cosine;
    }
  }
}

function addPoint(
  painter: Painter,
  shape: Shape,
  rgb: readonly number[],
  xpos: Float64Array,
  xmat: Float64Array,
  geom: number,
  l: number,
): void {
  const { lights, vertices } = painter;
  const { normals, positions } = shape;
  const m = geom * 9;
  const x = lights[l + 1]! - xpos[geom * 3]!;
  const y = lights[l + 2]! - xpos[geom * 3 + 1]!;
  const z = lights[l + 3]! - xpos[geom * 3 + 2]!;
  const localX = xmat[m]! * x + xmat[m + 3]! * y + xmat[m + 6]! * z;
  const localY = xmat[m + 1]! * x + xmat[m + 4]! * y + xmat[m + 7]! * z;
  const localZ = xmat[m + 2]! * x + xmat[m + 5]! * y + xmat[m + 8]! * z;
  for (let i = 0, o = 3; i < normals.length; i += 3, o += VERTEX_STRIDE) {
    const dx = localX - positions[i]!;
    const dy = localY - positions[i + 1]!;
    const dz = localZ - positions[i + 2]!;
    const squareM2 = dx * dx + dy * dy + dz * dz;
    const facing = normals[i]! * dx + normals[i + 1]! * dy + normals[i + 2]! * dz;
    if (!(facing > 0)) continue;
    const distanceM = Math.sqrt(squareM2);
    const fade = facing / distanceM / (lights[l + 7]! + lights[l + 8]! * distanceM + lights[l + 9]! * squareM2);
    vertices[o]! += lights[l + 4]! * rgb[0]! * fade;
    vertices[o + 1]! += lights[l + 5]! * rgb[1]! * fade;
    vertices[o + 2]! += lights[l + 6]! * rgb[2]! * fade;
  }
}
