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
  /** How far right of its cell's middle the sample of each row lies, in cells, so that upright edges meet supersample^2 places in a pixel; shape (height). */
  readonly shift: Float64Array;
  /** Channels 1/depth, red, green, blue of the face being filled as planes over the picture, shape (4, 3). */
  readonly planes: Float64Array;
}

/** Buffers for `width` x `height` samples, `supersample` of them along a pixel's edge; owned by the caller. */
export function createRaster(width: number, height: number, supersample: number): Raster {
  return {
    width,
    height,
    depth: new Float64Array(width * height),
    colour: new Float32Array(width * height * 3),
    left: new Int32Array(height),
    right: new Int32Array(height),
    shift: Float64Array.from({ length: height }, (_, row) => ((row % supersample) + 0.5) / supersample - 0.5),
    planes: new Float64Array(12),
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
  // Of the diagonals a-c and b-d; counter-clockwise with y down has a negative area.
  const area = (cx - ax) * (dy - by) - (cy - ay) * (dx - bx);
  if (!(area < -AREA_MIN)) return;
  const rowStart = Math.max(0, Math.ceil(Math.min(Math.min(ay, by), Math.min(cy, dy)) - 0.5));
  const rowEnd = Math.min(raster.height, Math.ceil(Math.max(Math.max(ay, by), Math.max(cy, dy)) - 0.5));
  if (rowStart >= rowEnd) return;
  // A sample may lie anywhere in its cell.
  const columnStart = Math.floor(Math.min(Math.min(ax, bx), Math.min(cx, dx)));
  const columnEnd = Math.ceil(Math.max(Math.max(ax, bx), Math.max(cx, dx)));
  if (columnStart >= columnEnd || columnEnd <= 0 || columnStart >= raster.width) return;

  traceEdge(raster, v, a, b);
  traceEdge(raster, v, b, c);
  if (c !== d) traceEdge(raster, v, c, d);
  traceEdge(raster, v, d, a);

  setPlanes(raster.planes, v, a, b, c, d, 1 / area);
  fillRows(raster, rowStart, rowEnd);
}

/** Writes each channel as a plane over the picture: its slopes along x and y and its value at (0, 0). */
function setPlanes(planes: Float64Array, v: Float64Array, a: number, b: number, c: number, d: number, inverseArea: number): void {
  const acX = (v[c]! - v[a]!) * inverseArea;
  const acY = (v[c + 1]! - v[a + 1]!) * inverseArea;
  const bdX = (v[d]! - v[b]!) * inverseArea;
  const bdY = (v[d + 1]! - v[b + 1]!) * inverseArea;
  const meanX = (v[a]! + v[b]! + v[c]! + v[d]!) * 0.25;
  const meanY = (v[a + 1]! + v[b + 1]! + v[c + 1]! + v[d + 1]!) * 0.25;
  const fromMeanX = v[a]! - meanX;
  const fromMeanY = v[a + 1]! - meanY;
  let misfit = 0;
  for (let channel = 2, o = 0; channel < VERTEX_STRIDE; channel++, o += 3) {
    const first = v[a + channel]!;
    const ac = v[c + channel]! - first;
    const bd = v[d + channel]! - v[b + channel]!;
    const mean = (first + v[b + channel]! + v[c + channel]! + v[d + channel]!) * 0.25;
    // Both diagonals fix the slopes; the height is that of the corners' mean.
    const slopeX = ac * bdY - bd * acY;
    const slopeY = bd * acX - ac * bdX;
    planes[o] = slopeX;
    planes[o + 1] = slopeY;
    planes[o + 2] = mean - slopeX * meanX - slopeY * meanY;
    if (channel > 2) misfit += Math.abs(first - mean - slopeX * fromMeanX - slopeY * fromMeanY);
  }
  if (!(misfit < COLOUR_MISFIT_MAX)) setMeanColour(planes, v, a, b, c, d);
}

function setMeanColour(planes: Float64Array, v: Float64Array, a: number, b: number, c: number, d: number): void {
  for (let channel = 3, o = 3; channel < VERTEX_STRIDE; channel++, o += 3) {
    planes[o] = 0;
    planes[o + 1] = 0;
    planes[o + 2] = (v[a + channel]! + v[b + channel]! + v[c + channel]! + v[d + channel]!) * 0.25;
  }
}

function fillRows(raster: Raster, rowStart: number, rowEnd: number): void {
  const { width, depth, colour, left, right, shift, planes } = raster;
  const zX = planes[0]!;
  const rX = planes[3]!;
  const gX = planes[6]!;
  const bX = planes[9]!;
  for (let row = rowStart; row < rowEnd; row++) {
    const start = left[row]!;
    const end = right[row]!;
    if (start >= end) continue;
    const x = start + 0.5 + shift[row]!;
    const y = row + 0.5;
    let z = planes[2]! + zX * x + planes[1]! * y;
    let r = planes[5]! + rX * x + planes[4]! * y;
    let g = planes[8]! + gX * x + planes[7]! * y;
    let b = planes[11]! + bX * x + planes[10]! * y;
    const last = row * width + end;
    for (let i = row * width + start; i < last; i++) {
      if (z > depth[i]!) {
        depth[i] = z;
        const o = i * 3;
        colour[o] = r;
        colour[o + 1] = g;
        colour[o + 2] = b;
      }
      z += zX;
      r += rX;
      g += gX;
      b += bX;
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
  const { width, shift } = raster;
  const slope = (v[bottom]! - v[top]!) / (bottomY - topY);
  let x = v[top]! + (start + 0.5 - topY) * slope - 0.5;
  for (let row = start; row < end; row++) {
    const cell = x - shift[row]!;
    side[row] = cell > 0 ? (cell < width ? Math.ceil(cell) : width) : 0;
    x += slope;
  }
}
