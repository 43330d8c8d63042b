/** Pictures that were seen, found again by what the model made of them: the nearest ones stand for what it imagines, which has no picture. */
import type { Latent } from "../core/planning.ts";
import type { Frame } from "../core/sensing.ts";
import { type PictureMessage, pictureMessage } from "./picture-message.ts";

/** What was seen at one instant. */
export interface Sight {
  /** run: earlier in this run; model: kept beside the model, from what it learned on. */
  readonly from: "run" | "model";
  readonly pictures: readonly PictureMessage[];
}

export interface Found {
  readonly sight: Sight;
  /** Root mean square over the compared entries, unit-free: 1 is about one standard deviation. */
  readonly apart: number;
}

export interface Seen {
  readonly count: number;
  /** `frames` show what `latent` believes. Of a run the newest SIGHTS_MAX are kept, each unlike the others. */
  add(latent: Latent, frames: readonly Frame[], from: Sight["from"]): void;
  /** By the first `entries` of a latent; null before anything was seen. */
  nearest(latent: Latent, entries?: number): Found | null;
}

const SIGHTS_MAX = 256;
/** Nearer than this it is the same sight again. */
const SAME = 0.02;
const THUMB_PX = 96;

export function createSeen(): Seen {
  const kept: { readonly latent: Latent; readonly sight: Sight }[] = [];
  const nearest = (latent: Latent, entries = latent.length): Found | null => {
    let best: Found | null = null;
    for (const { latent: other, sight } of kept) {
      if (other.length !== latent.length) continue;
      const apart = apartOf(latent, other, entries, best?.apart ?? Number.POSITIVE_INFINITY);
      if (apart !== null) best = { sight, apart };
    }
    return best;
  };
  return {
    get count() {
      return kept.length;
    },
    nearest,
    add(latent, frames, from) {
      if (frames.length === 0 || (nearest(latent)?.apart ?? 1) < SAME) return;
      kept.push({ latent, sight: { from, pictures: frames.map((frame) => pictureMessage(frame, THUMB_PX)) } });
      const ofRun = kept.filter(({ sight }) => sight.from === "run");
      if (ofRun.length > SIGHTS_MAX) kept.splice(kept.indexOf(ofRun[0]!), 1);
    },
  };
}

/** Null as soon as it is no less than `most`. */
function apartOf(a: Latent, b: Latent, entries: number, most: number): number | null {
  const limit = most * most * entries;
  let sum = 0;
  for (let i = 0; i < entries && sum < limit; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum < limit ? Math.sqrt(sum / entries) : null;
}
