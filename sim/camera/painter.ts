/** Draws one geom: its vertices are lit, moved into the picture and its faces filled; nothing is allocated. */
import { lightVertices } from "./lighting.ts";
import { clipFace } from "./near-clip.ts";
import { NEAR_M, type Painter } from "./paint-state.ts";
import { fillFace, VERTEX_STRIDE } from "./raster.ts";
import type { Shape } from "./shape.ts";

/** Paints a geom whose place is at `geom` in MjData's geom_xpos (m) and geom_xmat; `rgb` 0..255, `emission` 0..1. */
export function paintGeom(
  painter: Painter,
  shape: Shape,
  rgb: readonly number[],
  emission: number,
  xpos: Float64Array,
  xmat: Float64Array,
  geom: number,
): void {
  const { toCamera, raster } = painter;
  setTransform(painter, xpos, xmat, geom);
  const depthM = toCamera[11]!;
  if (isOutside(painter, shape.boundM)) return;
  lightVertices(painter, shape, rgb, emission, xpos, xmat, geom);
  const { faces } = shape;
  const { vertices } = painter;
  if (depthM - shape.boundM > NEAR_M) {
    project(painter, shape);
    for (let i = 0; i < faces.length; i += 4)
      fillFace(
        raster,
        vertices,
        faces[i]! * VERTEX_STRIDE,
        faces[i + 1]! * VERTEX_STRIDE,
        faces[i + 2]! * VERTEX_STRIDE,
        faces[i + 3]! * VERTEX_STRIDE,
      );
  } else {
    for (let i = 0; i < faces.length; i += 4) clipFace(painter, shape, i);
  }
}

function setTransform(painter: Painter, xpos: Float64Array, xmat: Float64Array, geom: number): void {
  const { turn, positionM, toCamera } = painter;
  const m = geom * 9;
  const x = xpos[geom * 3]! - positionM[0]!;
  const y = xpos[geom * 3 + 1]! - positionM[1]!;
  const z = xpos[geom * 3 + 2]! - positionM[2]!;
  for (let row = 0; row < 3; row++) {
    const a = turn[row * 3]!;
    const b = turn[row * 3 + 1]!;
    const c = turn[row * 3 + 2]!;
    for (let column = 0; column < 3; column++)
      toCamera[row * 3 + column] = a * xmat[m + column]! + b * xmat[m + 3 + column]! + c * xmat[m + 6 + column]!;
    toCamera[9 + row] = a * x + b * y + c * z;
  }
}

/** Whether the sphere around the geom misses the picture; the sides are tested as planes through the camera. */
function isOutside(painter: Painter, boundM: number): boolean {
  const { toCamera, focal, centreX, centreY } = painter;
  const depthM = toCamera[11]!;
  if (depthM + boundM < NEAR_M) return true;
  const slackX = boundM * Math.sqrt(focal * focal + centreX * centreX);
  const slackY = boundM * Math.sqrt(focal * focal + centreY * centreY);
  return Math.abs(toCamera[9]!) * focal > depthM * centreX + slackX || Math.abs(toCamera[10]!) * focal > depthM * centreY + slackY;
}

function project(painter: Painter, shape: Shape): void {
  const { vertices, toCamera, focal, centreX, centreY } = painter;
  const { positions } = shape;
  const xx = toCamera[0]! * focal;
  const xy = toCamera[1]! * focal;
  const xz = toCamera[2]! * focal;
  const yx = toCamera[3]! * focal;
  const yy = toCamera[4]! * focal;
  const yz = toCamera[5]! * focal;
  const zx = toCamera[6]!;
  const zy = toCamera[7]!;
  const zz = toCamera[8]!;
  const offsetX = toCamera[9]! * focal;
  const offsetY = toCamera[10]! * focal;
  const offsetZ = toCamera[11]!;
  for (let i = 0, o = 0; i < positions.length; i += 3, o += VERTEX_STRIDE) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    const z = positions[i + 2]!;
    const inverse = 1 / (zx * x + zy * y + zz * z + offsetZ);
    vertices[o] = centreX + (xx * x + xy * y + xz * z + offsetX) * inverse;
    vertices[o + 1] = centreY + (yx * x + yy * y + yz * z + offsetY) * inverse;
    vertices[o + 2] = inverse;
  }
}
