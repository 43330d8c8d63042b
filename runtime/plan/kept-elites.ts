/** The elites that one decision of icem hands to the next: only to one that starts from its plan, so that a question asked afresh is answered afresh. */
import { shiftWarmStart } from "./warm-start.ts";

export class KeptElites {
  readonly #actionDim: number;
  /** What the next decision starts from when it goes on, shape (horizon, actionDim), and the elites that go with it. */
  #next: { readonly warmStart: Float32Array; readonly elites: readonly Float32Array[] } | null = null;

  constructor(actionDim: number) {
    this.#actionDim = actionDim;
  }

  /** Remembers a plan of shape (horizon, actionDim) and its elites, (count, horizon, actionDim), best first. */
  keep(actions: Float32Array, elites: Float32Array): void {
    const size = actions.length;
    const each = Array.from({ length: elites.length / size }, (_, i) => elites.subarray(i * size, (i + 1) * size));
    this.#next = {
      warmStart: shiftWarmStart(actions, this.#actionDim),
      elites: each.map((elite) => shiftWarmStart(elite, this.#actionDim)),
    };
  }

  /** The elites one step later, (count, horizon, actionDim), the last repeated where fewer were kept; null when the warm start is not the last plan, one step later. */
  recall(warmStart: Float32Array | null, count: number): Float32Array | null {
    if (!warmStart || !this.#next || !sameValues(this.#next.warmStart, warmStart)) return null;
    const { elites } = this.#next;
    const recalled = new Float32Array(count * warmStart.length);
    for (let i = 0; i < count; i++) recalled.set(elites[Math.min(i, elites.length - 1)] ?? warmStart, i * warmStart.length);
    return recalled;
  }
}

const sameValues = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((value, i) => value === b[i]);
