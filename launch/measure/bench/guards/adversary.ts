/** What tries to get past the guards: motions, situations, actions, latents, goals and weights from small to absurd, from where the arm is in the middle of another motion, now and then with one thing broken. Seeded. */
import type { Situation } from "../../../../runtime/core/guarding.ts";
import type { JointCommand, Segment } from "../../../../runtime/core/motion.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import { quinticSegment, sampleSegment, segmentDurationS, segmentRestRad } from "../../../../runtime/core/segment.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";

export const NOW_NS = 1_000_000_000n;
const ODD = [Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e9, 5e-324, 3.2, -3.2] as const;
const pick = <T>(rng: Rng, items: readonly T[]): T => items[Math.floor(rng.uniform() * items.length)] as T;

/** Shares of the cases whose segment, or one number of whose action, latent, goal or weights is broken. */
const BROKEN = { segment: 0.2, number: 0.02 } as const;

/** The arm in the middle of `running`; fresh, but for a share `broken` of the cases. */
export function situationIn(rng: Rng, running: Segment, toolAt: (positionRad: Float64Array) => Vec3, broken: number): Situation {
  const tS = segmentDurationS(running) * pick(rng, [0.5, 0.5, 1, rng.uniform()]);
  const sound: Situation = {
    nowNs: NOW_NS,
    observationReceivedNs: NOW_NS - 20_000_000n,
    observationStampNs: NOW_NS - 30_000_000n,
    planMadeNs: NOW_NS - 10_000_000n,
    commanded: sampleSegment(running, tS),
    restRad: segmentRestRad(running),
    restInS: segmentDurationS(running) - tS,
    toolAt,
  };
  if (rng.uniform() >= broken) return sound;
  return pick(rng, [
    { ...sound, observationReceivedNs: NOW_NS - 5_000_000_000n },
    { ...sound, planMadeNs: NOW_NS + 5_000_000_000n },
    { ...sound, restInS: pick(rng, ODD) },
    { ...sound, commanded: withOdd(rng, sound.commanded) },
    { ...sound, restRad: sound.restRad.with(0, pick(rng, ODD)) },
  ]);
}

/** What a planner, or nobody sane, might ask for. */
export function wantedFrom(rng: Rng, from: JointCommand, id: number): Segment {
  const reachRad = pick(rng, [0.01, 0.05, 0.2, 1, 10, 1e6]);
  const toRad = from.positionRad.map((value) => value + reachRad * rng.normal());
  const durationS = pick(rng, [0.4, 0.4, 0.3, 0.2, rng.between(1e-3, 0.4)]);
  const segment = quinticSegment({ id, startNs: NOW_NS, from, toRad, durationS });
  if (rng.uniform() >= BROKEN.segment) return segment;
  const [first, last] = segment.knots as [Segment["knots"][0], Segment["knots"][0]];
  return {
    ...segment,
    knots: pick(rng, [
      [first, { ...last, ...withOdd(rng, last) }],
      [{ ...first, ...withOdd(rng, first) }, last],
      [first, { ...last, tS: pick(rng, ODD) }],
      [first, { ...last, velocityRadPerS: last.velocityRadPerS.map(() => rng.normal()) }],
      [first],
      [],
      [last, first],
    ]),
  };
}

/** A small step from where the arm is, as a planner in good order sends it. */
export function smallStepFrom(rng: Rng, from: JointCommand, id: number): Segment {
  const toRad = from.positionRad.map((value) => value + 0.02 * rng.normal());
  return quinticSegment({ id, startNs: NOW_NS, from, toRad, durationS: 0.4 });
}

/** Values of action axes: within, at, and far beyond [-1, 1]. */
export const actionFrom = (rng: Rng, count: number): Float32Array => numbers(rng, count, pick(rng, [0.3, 1, 1, 10, 1e6, 1e30]));

/** A latent, of a picture or of none. */
export const latentFrom = (rng: Rng, count: number): Float32Array => numbers(rng, count, pick(rng, [0, 1, 1, 1, 10, 1e3, 1e9]));

/** In reach, behind the arm, under the table, on the moon. */
export function goalFrom(rng: Rng): Vec3 {
  const [x, y, z] = numbers(rng, 3, 10 ** rng.between(-1, 8));
  return [x!, y!, z!];
}

/** Each from a billionth to a billion, or none at all. */
export const weightsFrom = (rng: Rng, count: number): number[] =>
  Array.from({ length: count }, () => (rng.uniform() < 0.4 ? 0 : 10 ** rng.between(-9, 9)));

function numbers(rng: Rng, count: number, scale: number): Float32Array {
  const values = Float32Array.from({ length: count }, () => scale * rng.normal());
  if (rng.uniform() < BROKEN.number) values[Math.floor(rng.uniform() * count)] = pick(rng, ODD);
  return values;
}

function withOdd<C extends Pick<JointCommand, "positionRad" | "velocityRadPerS" | "accelerationRadPerS2">>(rng: Rng, command: C): C {
  const key = pick(rng, ["positionRad", "velocityRadPerS", "accelerationRadPerS2"] as const);
  const joint = Math.floor(rng.uniform() * command[key].length);
  return { ...command, [key]: command[key].with(joint, pick(rng, ODD)) };
}
