/** How old pictures are when they come: the shift at which what changes in them goes best with how fast the arm moved. */
import { nsToMs } from "../../runtime/core/clock.ts";
import type { Frame, JointState } from "../../runtime/core/sensing.ts";

const LATENCY_MS_MAX = 400;
const STEP_MS = 5;
/** Fewer say nothing. */
const PICTURES_MIN = 40;
/** Of correlation: below it the motion is not in the picture. */
const CLEAR_MIN = 0.5;

/** Milliseconds from the light to when it was received; null where the arm's motion is not seen in them. */
export function latencyOf(frames: readonly Frame[], felt: readonly JointState[]): number | null {
  if (frames.length < PICTURES_MIN || felt.length < 2) return null;
  const changes = frames.slice(1).map((frame, index) => difference(frame.rgb, frames[index]!.rgb));
  let best = { ms: 0, clear: CLEAR_MIN };
  for (let ms = 0; ms <= LATENCY_MS_MAX; ms += STEP_MS) {
    const moved = frames.slice(1).map((frame, index) => movedBetween(felt, at(frames[index]!, ms), at(frame, ms)));
    const clear = correlation(changes, moved);
    if (clear > best.clear) best = { ms, clear };
  }
  return best.clear > CLEAR_MIN ? best.ms : null;
}

const at = ({ receivedNs }: Frame, earlierMs: number): bigint => receivedNs - BigInt(earlierMs) * 1_000_000n;

/** Mean over all pixels and colours. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;

/** All joints together, radians. */
function movedBetween(felt: readonly JointState[], fromNs: bigint, toNs: bigint): number {
  const [from, to] = [positionAt(felt, fromNs), positionAt(felt, toNs)];
  return to.reduce((sum, value, joint) => sum + Math.abs(value - from[joint]!), 0);
}

/** Between the readings before and after it; the first or last beyond them. */
function positionAt(felt: readonly JointState[], atNs: bigint): Float64Array {
  let [low, high] = [0, felt.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (felt[middle]!.stampNs < atNs) low = middle + 1;
    else high = middle;
  }
  const after = felt[low]!;
  const before = felt[Math.max(0, low - 1)]!;
  const spanMs = nsToMs(after.stampNs - before.stampNs);
  const share = spanMs > 0 ? Math.min(1, Math.max(0, nsToMs(atNs - before.stampNs) / spanMs)) : 0;
  return before.positionRad.map((value, joint) => value + share * (after.positionRad[joint]! - value));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [together, spreadA, spreadB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [offA, offB] = [value - meanA, b[index]! - meanB];
    together += offA * offB;
    spreadA += offA * offA;
    spreadB += offB * offB;
  }
  return spreadA > 0 && spreadB > 0 ? together / Math.sqrt(spreadA * spreadB) : 0;
}
