/** Does a camera see what the model expects it to see? The edges of the expected view are laid over the picture, and shifted until they fit best. */
import sharp from "sharp";
import { writePicture } from "../user-files.ts";

/** RGB, row-major, 3 bytes a pixel. */
export interface View {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}

export interface ViewFit {
  /** How far the picture's edges are from the expected ones, pixels to the right and down. */
  readonly shiftPx: readonly [number, number];
  /** Length of that, pixels: the residual. */
  readonly residualPx: number;
  /** Normalised correlation of the edges at the best shift, -1..1; 1 for the same picture. */
  readonly correlation: number;
}

/** Shifts that are looked at, pixels each way. */
const SHIFT_PX_MAX = 8;
/** A camera off by more than this was knocked, or stands elsewhere than the launch file says, pixels. */
export const RESIDUAL_PX_MAX = 1.5;
/** Below this the picture does not show what the model expects at all. */
export const CORRELATION_MIN = 0.3;

/** Both of the same size. */
export function fitView(expected: View, seen: View): ViewFit {
  const [wanted, found] = [edgesOf(expected), edgesOf(seen)];
  let best: ViewFit = { shiftPx: [0, 0], residualPx: 0, correlation: Number.NEGATIVE_INFINITY };
  for (let dy = -SHIFT_PX_MAX; dy <= SHIFT_PX_MAX; dy++)
    for (let dx = -SHIFT_PX_MAX; dx <= SHIFT_PX_MAX; dx++) {
      const correlation = correlate(wanted, found, expected, dx, dy);
      if (correlation > best.correlation) best = { shiftPx: [dx, dy], residualPx: Math.hypot(dx, dy), correlation };
    }
  return best;
}

/** Strength of the brightness gradient at every pixel, shape (heightPx, widthPx). */
function edgesOf({ widthPx, heightPx, rgb }: View): Float64Array {
  const grey = (x: number, y: number): number => {
    const at = 3 * (y * widthPx + x);
    return 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!;
  };
  const edges = new Float64Array(widthPx * heightPx);
  for (let y = 1; y < heightPx - 1; y++)
    for (let x = 1; x < widthPx - 1; x++)
      edges[y * widthPx + x] = Math.hypot(grey(x + 1, y) - grey(x - 1, y), grey(x, y + 1) - grey(x, y - 1));
  return edges;
}

/** Over the pixels that both have when `found` is moved back by the shift. */
function correlate(wanted: Float64Array, found: Float64Array, { widthPx, heightPx }: View, dx: number, dy: number): number {
  let [count, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.max(1, 1 - dy); y < Math.min(heightPx - 1, heightPx - 1 - dy); y++)
    for (let x = Math.max(1, 1 - dx); x < Math.min(widthPx - 1, widthPx - 1 - dx); x++) {
      const a = wanted[y * widthPx + x]!;
      const b = found[(y + dy) * widthPx + x + dx]!;
      count++;
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    }
  const spread = Math.sqrt((sumAA - sumA ** 2 / count) * (sumBB - sumB ** 2 / count));
  return spread > 0 ? (sumAB - (sumA * sumB) / count) / spread : 0;
}

const ENLARGE = 8;
/** Of the strongest edge: weaker ones are not drawn. */
const EDGE_SHARE_MIN = 0.25;

/** The picture with the expected edges in red, enlarged. */
export function laidOver(expected: View, seen: View): View {
  const edges = edgesOf(expected);
  const strongest = edges.reduce((most, edge) => Math.max(most, edge), 0);
  const rgb = seen.rgb.slice();
  for (const [pixel, edge] of edges.entries()) if (edge > EDGE_SHARE_MIN * strongest) rgb.set([255, 0, 0], 3 * pixel);
  return enlarged({ ...seen, rgb });
}

/** Each pixel a square. */
function enlarged({ widthPx, heightPx, rgb }: View): View {
  const [wide, high] = [widthPx * ENLARGE, heightPx * ENLARGE];
  const large = new Uint8Array(3 * wide * high);
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const from = 3 * (Math.floor(y / ENLARGE) * widthPx + Math.floor(x / ENLARGE));
      large.set(rgb.subarray(from, from + 3), 3 * (y * wide + x));
    }
  return { widthPx: wide, heightPx: high, rgb: large };
}

export async function writeOverlay(path: string, expected: View, seen: View): Promise<void> {
  const { widthPx: width, heightPx: height, rgb } = laidOver(expected, seen);
  await writePicture(path, sharp(rgb, { raw: { width, height, channels: 3 } }));
}

/** In words, with the bounds. */
export function judgeFit({ residualPx, shiftPx, correlation }: ViewFit): { readonly fits: boolean; readonly text: string } {
  return {
    fits: residualPx <= RESIDUAL_PX_MAX && correlation >= CORRELATION_MIN,
    text: `residual ${residualPx.toFixed(1)} px (right ${shiftPx[0]}, down ${shiftPx[1]}), at most ${RESIDUAL_PX_MAX} px; correlation ${correlation.toFixed(2)}, at least ${CORRELATION_MIN}`,
  };
}
