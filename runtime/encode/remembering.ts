/** The believer of a model that remembers: every observation is seen in the light of the belief before it and of what was done since. */

import { secondsToNs } from "../core/clock.ts";
import type { ModelSpec } from "../core/model.ts";
import type { Believer, Encoder, Latent } from "../core/planning.ts";

/** Of a decision's period: what lies further apart than this does not follow from each other as the model has learned it, and it begins anew. */
const GAP_MAX = 1.5;

export function remembering({ encode }: Pick<Encoder, "encode">, { controlPeriodS }: Pick<ModelSpec, "controlPeriodS">): Believer {
  const gapMaxNs = secondsToNs(GAP_MAX * controlPeriodS);
  let last: { readonly latent: Latent; readonly stampNs: bigint } | null = null;
  return {
    reset() {
      last = null;
    },
    async update(observation, signal, movedSince) {
      const { stampNs } = observation;
      const goesOn = last !== null && movedSince !== undefined && stampNs - last.stampNs <= gapMaxNs;
      const memory = goesOn && last ? { before: last.latent, moved: movedSince(last.stampNs) } : null;
      const latent = await encode(observation, signal, memory);
      last = { latent, stampNs };
      return { latent };
    },
  };
}
