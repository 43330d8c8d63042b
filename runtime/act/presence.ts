/** Whether the arm is there to be commanded: one whose readings failed for a while is commanded again only once they agree where it stands. */
import type { AgentError } from "../core/errors.ts";
import type { SettledReading } from "./settled-reading.ts";

/** An arm without a sound reading for so long is gone. */
export const GONE_MS_MAX = 1000;

export type Sight =
  | { readonly kind: "here" }
  /** Nothing may be sent; `isNew` once. */
  | { readonly kind: "gone"; readonly isNew: boolean; readonly why: AgentError }
  /** Once: its readings agree again that it stands there, shape (jointCount). */
  | { readonly kind: "back"; readonly restRad: Float64Array };

export interface Presence {
  /** Looked at every beat. An arm that still moves by what it was told is braked first, and only then gone. */
  look(nowNs: bigint, awakeMs: number, isAtRest: boolean): Sight;
  /** The arm is put elsewhere on purpose: its readings may pause. */
  excuse(awakeMs: number): void;
  /** Why it may not be moved now, or null. */
  readonly goneWhy: AgentError | null;
}

/** Time counts only while this process runs: `awakeMs` stands still while it does not, since nothing is heard then either. */
export function createPresence(reading: SettledReading): Presence {
  let soundNs: bigint | null = null;
  let heardMs = 0;
  let goneWhy: AgentError | null = null;
  return {
    look(nowNs, awakeMs, isAtRest) {
      if (reading.soundNs !== soundNs) heardMs = awakeMs;
      soundNs = reading.soundNs;
      if (goneWhy) {
        const restRad = reading.standsAt(nowNs);
        if (restRad === null) return { kind: "gone", isNew: false, why: goneWhy };
        goneWhy = null;
        return { kind: "back", restRad };
      }
      if (awakeMs - heardMs <= GONE_MS_MAX || !isAtRest) return { kind: "here" };
      goneWhy = reading.objection(nowNs);
      reading.forget();
      return { kind: "gone", isNew: true, why: goneWhy };
    },
    excuse(awakeMs) {
      heardMs = awakeMs;
    },
    get goneWhy() {
      return goneWhy;
    },
  };
}
