/** The newest joint readings of an arm: pictures arrive later than the joints of their moment. */
import type { JointState } from "../core/sensing.ts";

/** Readings remembered to find the nearest one. */
export const jointHistoryCountMax = 64;

/** The newest readings in stamp order; a stamp that goes back begins a new history. */
export function remember(history: readonly JointState[], joints: JointState): readonly JointState[] {
  const last = history.at(-1);
  return last && joints.stampNs < last.stampNs ? [joints] : [...history.slice(1 - jointHistoryCountMax), joints];
}

/** Where the arm was at a stamp of its source, as far as it is known. */
export function nearest(history: readonly JointState[], stampNs: bigint): JointState | undefined {
  let best: JointState | undefined;
  for (const joints of history) {
    if (!best || distanceNs(joints.stampNs, stampNs) < distanceNs(best.stampNs, stampNs)) best = joints;
  }
  return best;
}

export const distanceNs = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);
