/** Fills convex faces into a depth and colour buffer; the inner loop of the camera, so it allocates nothing. */

/** Numbers per projected vertex: x, y (samples, y down), 1/depth (1/m), red, green, blue (0..255). */
export const VERTEX_STRIDE = 6;
/** A face whose four corner colours miss a plane by more than this (of 255, summed over channels) is filled with their mean. */
const COLOUR_MISFIT_MAX = 12;
/** Faces of less area (samples squared) are seen edge-on. */
const AREA_MIN = 1e-7;

/** The buffers of one picture; samples are the finer grid from which pixels are averaged. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1/depth in 1/m, 0 = nothing; shape (height, width). */
  readonly depth: Float64Array;
  /** Shape (height, width, 3), 0..255. */
  readonly colour: Float32Array;
  /** First sample of each row of the face being filled, and one past its last; shape (height). */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Buffers for `width` x `height` samples, owned by the caller. */
export function createRaster(width: number, height: number): Raster {
  return {
    width,
    height,
    depth: new Float64Array(width * height),
    colour: new Float32Array(width * height * 3),
    left: new Int32Array(height),
    right: new Int32Array(height),
  };
}

/** Fills the flat convex face with corners at offsets a, b, c, d of `v` (a triangle repeats c), unless it is seen from behind. */
export function fillFace(raster: Raster, v: Float64Array, a: number, b: number, c: number, d: number): void {
  const ax = v[a]!;
  const ay = v[a + 1]!;
  const bx = v[b]!;
  const by = v[b + 1]!;
  const cx = v[c]!;
  const cy = v[c + 1]!;
  const dx = v[d]!;
  const dy = v[d + 1]!;
  // Diagonals a-c and b-d; counter-clockwise with y down has a negative area.
  const acX = cx - ax;
  const acY = cy - ay;
  const bdX = dx - bx;
  const bdY = dy - by;
  const area = acX * bdY - acY * bdX;
  if (!(area < -AREA_MIN)) return;
  const rowStart = Math.max(0, Math.ceil(Math.min(Math.min(ay, by), Math.min(cy, dy)) - 0.5));
  const rowEnd = Math.min(raster.height, Math.ceil(Math.max(Math.max(ay, by), Math.max(cy, dy)) - 0.5));
  if (rowStart >= rowEnd) return;
  const columnStart = Math.ceil(Math.min(Math.min(ax, bx), Math.min(cx, dx)) - 0.5);
  const columnEnd = Math.ceil(Math.max(Math.max(ax, bx), Math.max(cx, dx)) - 0.5);
  if (columnStart >= columnEnd || columnEnd <= 0 || columnStart >= raster.width) return;

  traceEdge(raster, v, a, b);
  traceEdge(raster, v, b, c);
  if (c !== d) traceEdge(raster, v, c, d);
  traceEdge(raster, v, d, a);

  // Both diagonals fix the slope of a plane; its height is that of the corners' mean.
  const inverse = 1 / area;
  const x = (ax + bx + cx + dx) * 0.25;
  const y = (ay + by + cy + dy) * 0.25;
  const zAc = v[c + 2]! - v[a + 2]!;
  const zBd = v[d + 2]! - v[b + 2]!;
  const zX = (zAc * bdY - zBd * acY) * inverse;
  const zY = (zBd * acX - zAc * bdX) * inverse;
  const z = (v[a + 2]! + v[b + 2]! + v[c + 2]! + v[d + 2]!) * 0.25;
  const rAc = v[c + 3]! - v[a + 3]!;
  const rBd = v[d + 3]! - v[b + 3]!;
  let rX = (rAc * bdY - rBd * acY) * inverse;
  let rY = (rBd * acX - rAc * bdX) * inverse;
  const r = (v[a + 3]! + v[b + 3]! + v[c + 3]! + v[d + 3]!) * 0.25;
  const gAc = v[c + 4]! - v[a + 4]!;
  const gBd = v[d + 4]! - v[b + 4]!;
  let gX = (gAc * bdY - gBd * acY) * inverse;
  let gY = (gBd * acX - gAc * bdX) * inverse;
  const g = (v[a + 4]! + v[b + 4]! + v[c + 4]! + v[d + 4]!) * 0.25;
  const uAc = v[c + 5]! - v[a + 5]!;
  const uBd = v[d + 5]! - v[b + 5]!;
  let uX = (uAc * bdY - uBd * acY) * inverse;
  let uY = (uBd * acX - uAc * bdX) * inverse;
  const u = (v[a + 5]! + v[b + 5]! + v[c + 5]! + v[d + 5]!) * 0.25;
  const fromMeanX = ax - x;
  const fromMeanY = ay - y;
  const misfit =
    Math.abs(v[a + 3]! - r - rX * fromMeanX - rY * fromMeanY) +
    Math.abs(v[a + 4]! - g - gX * fromMeanX - gY * fromMeanY) +
    Math.abs(v[a + 5]! - u - uX * fromMeanX - uY * fromMeanY);
  if (!(misfit < COLOUR_MISFIT_MAX)) {
    rX = 0;
    rY = 0;
    gX = 0;
    gY = 0;
    uX = 0;
    uY = 0;
  }

  const { width, depth, colour, left, right } = raster;
  for (let row = rowStart; row < rowEnd; row++) {
    const start = left[row]!;
    const end = right[row]!;
    if (start >= end) continue;
    const stepX = start + 0.5 - x;
    const stepY = row + 0.5 - y;
    let zAt = z + zX * stepX + zY * stepY;
    let rAt = r + rX * stepX + rY * stepY;
    let gAt = g + gX * stepX + gY * stepY;
    let uAt = u + uX * stepX + uY * stepY;
    const last = row * width + end;
    for (let i = row * width + start; i < last; i++) {
      if (zAt > depth[i]!) {
        depth[i] = zAt;
        const o = i * 3;
        colour[o] = rAt;
        colour[o + 1] = gAt;
        colour[o + 2] = uAt;
      }
      zAt += zX;
      rAt += rX;
      gAt += gX;
      uAt += uX;
    }
  }
}

/** Notes where an edge crosses the middle of each row; downward edges are left, upward ones right. Both faces of an edge compute the same numbers, so no gap opens. */
function traceEdge(raster: Raster, v: Float64Array, from: number, to: number): void {
  const isLeft = v[to + 1]! > v[from + 1]!;
  const top = isLeft ? from : to;
  const bottom = isLeft ? to : from;
  const topY = v[top + 1]!;
  const bottomY = v[bottom + 1]!;
  const start = Math.max(0, Math.ceil(topY - 0.5));
  const end = Math.min(raster.height, Math.ceil(bottomY - 0.5));
  if (start >= end) return;
  const side = isLeft ? raster.left : raster.right;
  const width = raster.width;
  const slope = (v[bottom]! - v[top]!) / (bottomY - topY);
  let x = v[top]! + (start + 0.5 - topY) * slope - 0.5;
  for (let row = start; row < end; row++) {
    side[row] = x > 0 ? (x < width ? Math.ceil(x) : width) : 0;
    x += slope;
  }
}
