/** Cuts faces that reach behind the camera at the near plane and fills what is left (Sutherland and Hodgman 1974). */
import { NEAR_M, type Painter } from "./paint-state.ts";
import { fillFace, VERTEX_STRIDE } from "./raster.ts";
import type { Shape } from "./shape.ts";

/** A face of four corners cut by one plane has at most five. */
const CORNERS_MAX = 5;

/** Fills the face whose four vertex indices start at `face`; the vertices' colours are set, their places are not. */
export function clipFace(painter: Painter, shape: Shape, face: number): void {
  const { faces } = shape;
  const first = painter.vertices.length - CORNERS_MAX * VERTEX_STRIDE;
  let used = 0;
  for (let corner = 0; corner < 4; corner++) {
    const from = faces[face + corner]!;
    const to = faces[face + ((corner + 1) % 4)]!;
    if (from === to) continue;
    const fromM = depthOf(painter, shape, from);
    const toM = depthOf(painter, shape, to);
    if (fromM >= NEAR_M) emit(painter, shape, from, from, 0, first + used++ * VERTEX_STRIDE);
    if (fromM >= NEAR_M !== toM >= NEAR_M) {
      const share = (NEAR_M - fromM) / (toM - fromM);
      emit(painter, shape, from, to, share, first + used++ * VERTEX_STRIDE);
    }
  }
  for (let corner = 2; corner < used; corner++) {
    const last = first + corner * VERTEX_STRIDE;
    fillFace(painter.raster, painter.vertices, first, last - VERTEX_STRIDE, last, last);
  }
}

function depthOf(painter: Painter, shape: Shape, vertex: number): number {
  const { toCamera } = painter;
  const { positions } = shape;
  const i = vertex * 3;
  return toCamera[6]! * positions[i]! + toCamera[7]! * positions[i + 1]! + toCamera[8]! * positions[i + 2]! + toCamera[11]!;
}

/** Writes the projected vertex that lies `share` of the way between two others. */
function emit(painter: Painter, shape: Shape, from: number, to: number, share: number, o: number): void {
  const { toCamera, vertices, focal, centreX, centreY } = painter;
  const mix = (a: number, b: number): number => a + (b - a) * share;
  const { positions } = shape;
  const x = mix(positions[from * 3]!, positions[to * 3]!);
  const y = mix(positions[from * 3 + 1]!, positions[to * 3 + 1]!);
  const z = mix(positions[from * 3 + 2]!, positions[to * 3 + 2]!);
  const row = (r: number): number => toCamera[r * 3]! * x + toCamera[r * 3 + 1]! * y + toCamera[r * 3 + 2]! * z + toCamera[9 + r]!;
  const inverse = 1 / row(2);
  vertices[o] = centreX + focal * row(0) * inverse;
  vertices[o + 1] = centreY + focal * row(1) * inverse;
  vertices[o + 2] = inverse;
  for (let channel = 3; channel < VERTEX_STRIDE; channel++)
    vertices[o + channel] = mix(vertices[from * VERTEX_STRIDE + channel]!, vertices[to * VERTEX_STRIDE + channel]!);
}
