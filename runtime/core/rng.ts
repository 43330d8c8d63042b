/** Chance, injected: a small seeded generator (xoshiro128**, Blackman and Vigna 2018, seeded by splitmix32). Not for secrets. */
export interface Rng {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Fills with standard normals and returns the same array. */
  fillNormal(out: Float32Array): Float32Array;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** An independent generator for a named purpose; does not advance this one. */
  fork(label: number): Rng;
  /** What decides all that follows, for a recording. */
  state(): RngState;
  /** Goes on from there. */
  restore(state: RngState): void;
}

export interface RngState {
  /** Unsigned, 32 bits each. */
  readonly words: readonly [number, number, number, number];
  /** The second of two normals that were drawn together, or null. */
  readonly spare: number | null;
}

export function createRng(seed: number): Rng {
  let splitmix = seed >>> 0;
  const next32 = (): number => {
    splitmix = (splitmix + 0x9e3779b9) >>> 0;
    let z = splitmix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = next32();
  let b = next32();
  let c = next32();
  let d = next32();
  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  let spare: number | null = null;
  const rng: Rng = {
    uniform: () => (nextUint32() >>> 5) / 134_217_728 + (nextUint32() >>> 6) / 9_007_199_254_740_992,
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - rng.uniform())); // Box and Muller 1958.
      const angle = 2 * Math.PI * rng.uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    fillNormal(out) {
      for (let i = 0; i < out.length; i++) out[i] = rng.normal();
      return out;
    },
    between: (low, high) => low + (high - low) * rng.uniform(),
    state: () => ({ words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0], spare }),
    restore(state) {
      [a, b, c, d] = state.words;
      spare = state.spare;
    },
    fork: (label) => createRng((Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b) ^ Math.imul(label + 1, 0xc2b2ae35)) >>> 0),
  };
  return rng;
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
