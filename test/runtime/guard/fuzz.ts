/** A seeded fuzzer that attacks the whole guard chain and the last guard with actions, states and segments, sane and mad. */

import type { Guard, Situation } from "../../../runtime/core/guarding.ts";
import type { GripperCommand, JointCommand, Knot, Segment } from "../../../runtime/core/motion.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import type { GripperSpec } from "../../../runtime/core/robot.ts";
import { quinticSegment, sampleSegment, segmentDurationS } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { joints, options, situationAtRest, situationDuring, vector, violation } from "./fixtures.ts";

export interface FuzzReport {
  readonly cases: number;
  readonly pass: number;
  readonly clip: number;
  readonly stop: number;
  /** Stops in cases whose numbers were all sane. */
  readonly saneStop: number;
  /** Commands that the last guard let through. */
  readonly streamed: number;
  readonly held: number;
  /** First few violations, in words with their case number; empty is success. */
  readonly violations: readonly string[];
}

const oddNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e300, -1e300, 5e-324, 1e9, -1e-9, 3.2, -3.2];
const pick = <T>(rng: Rng, items: readonly T[]): T => items[Math.floor(rng.uniform() * items.length)]!;

/** Every case continues from the segment accepted last, as the loop does; violations are collected, an exception ends the run. With a gripper most segments tell it something. */
export function fuzzGuards(guard: Guard, seed: number, cases: number, gripper?: GripperSpec): FuzzReport {
  const rng = createRng(seed);
  const hand = rng.fork(1);
  const counts = { pass: 0, clip: 0, stop: 0, saneStop: 0, streamed: 0, held: 0 };
  const violations: string[] = [];
  let running = quinticSegment({ id: 0, startNs: 0n, from: situationAtRest().commanded, toRad: [0, 0, 0], durationS: 0.4 });
  for (let index = 0; index < cases && violations.length < 5; index++) {
    const mad = rng.uniform() < 0.4;
    const sane = situationDuring(running, pick(rng, [0.2, 0.2, 0.1, 0.05, 0.33, 0.4, 1]) * pick(rng, [1, 1, rng.uniform()]));
    const wanted = wantedSegment(rng, sane.commanded, index);
    const situation = mad ? madden(rng, sane) : sane;
    const told = gripper && hand.uniform() < 0.7 ? { gripper: wantedGrip(hand, gripper) } : {};
    const segment = { ...(mad ? mutate(rng, wanted) : wanted), ...told };
    const verdict = guard.check(segment, situation);
    counts[verdict.kind]++;
    if (verdict.kind === "stop") {
      if (verdict.why.length === 0) violations.push(`case ${index}: a stop without a reason`);
      if (!mad) counts.saneStop++;
      continue;
    }
    const wrong =
      violation(verdict.segment, joints, 12) ??
      jumps(verdict.segment, situation.commanded) ??
      leaves(verdict.segment) ??
      overdoes(verdict.segment, gripper);
    if (wrong) violations.push(`case ${index}: ${wrong}`);
    if (!mad) running = verdict.segment;
    const stream = streamThrough(rng, verdict.segment, situation.commanded);
    counts.streamed += stream.sent;
    counts.held += stream.held;
    if (stream.wrong) violations.push(`case ${index}: ${stream.wrong}`);
  }
  return { cases, ...counts, violations };
}

/** What a planner might ask for: small, large and far too large steps, quick and slow, with and without a knot on the way. */
function wantedSegment(rng: Rng, from: JointCommand, id: number): Segment {
  const reach = pick(rng, [0.02, 0.1, 0.5, 3, 1e3, 1e12]);
  const toRad = from.positionRad.map((value) => value + reach * rng.normal());
  const durationS = pick(rng, [0.4, 0.4, 0.3, 0.2, rng.between(1e-3, 0.4), 1e-6]);
  const segment = quinticSegment({ id, startNs: 0n, from, toRad, durationS });
  if (rng.uniform() < 0.8) return segment;
  const middle = sampleSegment(segment, durationS / 2);
  const noise = pick(rng, [0, 1e-3, 0.1]);
  const knot: Knot = {
    tS: durationS * rng.between(0.3, 0.7),
    ...middle,
    positionRad: middle.positionRad.map((value) => value + noise * rng.normal()),
  };
  return { ...segment, knots: [segment.knots[0]!, knot, segment.knots[1]!] };
}

/** Mostly what it can do, now and then one number beyond, or none. */
function wantedGrip(rng: Rng, { openingMaxM, speedMaxMPerS, forceMaxN }: GripperSpec): GripperCommand {
  const command = {
    openingM: rng.between(0, openingMaxM),
    speedMPerS: rng.between(0, speedMaxMPerS),
    forceN: rng.between(0, forceMaxN),
  };
  if (rng.uniform() < 0.7) return command;
  const key = pick(rng, ["openingM", "speedMPerS", "forceN"] as const);
  return { ...command, [key]: pick(rng, oddNumbers) };
}

/** Nothing that the gripper cannot do is let through. */
function overdoes({ gripper: told }: Segment, gripper: GripperSpec | undefined): string | null {
  if (!told || !gripper) return null;
  const shares = [told.openingM / gripper.openingMaxM, told.speedMPerS / gripper.speedMaxMPerS, told.forceN / gripper.forceMaxN];
  return shares.every((share) => share >= -1e-6 && share <= 1 + 1e-6) ? null : `tells the gripper ${JSON.stringify(told)}`;
}

/** Breaks one thing of a segment. */
function mutate(rng: Rng, segment: Segment): Segment {
  const knots = segment.knots.map((knot) => ({ ...knot }));
  const at = Math.floor(rng.uniform() * knots.length);
  const knot = knots[at]!;
  const odd = pick(rng, oddNumbers);
  const key = pick(rng, ["positionRad", "velocityRadPerS", "accelerationRadPerS2"] as const);
  const joint = Math.floor(rng.uniform() * 3);
  switch (Math.floor(rng.uniform() * 9)) {
    case 0: // One odd number.
      knots[at] = { ...knot, [key]: knot[key].with(joint, odd) };
      break;
    case 1: // A start or end that jumps, or an end that moves.
      knots[at] = { ...knot, [key]: knot[key].map((value) => value + rng.normal() * pick(rng, [1e-8, 1e-5, 0.01, 10])) };
      break;
    case 2:
      knots[at] = { ...knot, [key]: vector(...knot[key], 0) };
      break;
    case 3:
      knots[at] = { ...knot, [key]: knot[key].slice(0, Math.floor(rng.uniform() * 3)) };
      break;
    case 4: // Zero, negative, repeated, odd or very long times.
      knots[at] = { ...knot, tS: pick(rng, [odd, -knot.tS, 0, 0.4000001, 5]) };
      break;
    case 5:
      return { ...segment, knots: pick(rng, [[], knots.slice(0, 1), [...knots].reverse(), [...knots, ...knots]]) };
    case 6: // What the type forbids but a wire may bring.
      return { ...segment, knots: pick(rng, [undefined, null, [null, undefined], [{}], 3] as unknown[]) as Segment["knots"] };
    case 7:
      knots[at] = { ...knot, [key]: undefined } as unknown as Knot & { tS: number };
      break;
    default: // Many knots.
      return { ...segment, knots: Array.from({ length: 70 }, (_, i) => ({ ...knot, tS: i / 200 })) };
  }
  return { ...segment, knots };
}

/** Breaks one thing of a situation, or leaves it. */
function madden(rng: Rng, situation: Situation): Situation {
  const odd = pick(rng, oddNumbers);
  const joint = Math.floor(rng.uniform() * 3);
  switch (Math.floor(rng.uniform() * 10)) {
    case 0:
      return { ...situation, commanded: { ...situation.commanded, positionRad: situation.commanded.positionRad.with(joint, odd) } };
    case 1:
      return { ...situation, commanded: { ...situation.commanded, velocityRadPerS: situation.commanded.velocityRadPerS.with(joint, odd) } };
    case 2:
      return { ...situation, restRad: situation.restRad.with(joint, odd) };
    case 3:
      return { ...situation, restInS: odd };
    case 4:
      return { ...situation, restRad: pick(rng, [vector(), vector(0), vector(1, 2, 3, 4)]) };
    case 5:
      return { ...situation, toolAt: () => pick(rng, [[odd, 0, 0], [0, odd, odd], []]) as unknown as [number, number, number] };
    case 6:
      return {
        ...situation,
        toolAt: () => {
          throw new Error("kinematics broke");
        },
      };
    case 7: // A start anywhere, moving anyhow: the segment is then made to start there by nobody.
      return { ...situation, commanded: situationAtRest(vector(rng.normal() * 3, rng.normal() * 3, rng.normal() * 3)).commanded };
    default:
      return situation;
  }
}

/** The accepted segment must start where the arm is commanded to be. */
function jumps(segment: Segment, commanded: JointCommand): string | null {
  const start = sampleSegment(segment, 0);
  const joint = start.positionRad.findIndex((value, index) => !(Math.abs(value - commanded.positionRad[index]!) <= 1e-5));
  return joint >= 0 ? `starts at ${start.positionRad[joint]} instead of ${commanded.positionRad[joint]} rad` : null;
}

/** The tool must rest inside the box: the toy arm's angles are its coordinates. */
function leaves(segment: Segment): string | null {
  const rest = segment.knots.at(-1)!.positionRad;
  const tool = [0.5 + 0.1 * rest[0]!, 0.1 * rest[1]!, 0.2 + 0.1 * rest[2]!];
  const { minM, maxM, tableClearanceM } = options.workspace;
  const low = [minM[0], minM[1], tableClearanceM];
  const axis = tool.findIndex((value, index) => !(value >= low[index]! - 1e-5 && value <= maxM[index]! + 1e-5));
  return axis >= 0 ? `rests with the tool at ${tool.join(", ")} m` : null;
}

/** Streams the segment through the last guard, now and then with a command broken on the way. */
function streamThrough(rng: Rng, segment: Segment, from: JointCommand): { sent: number; held: number; wrong: string | null } {
  const durationS = segmentDurationS(segment);
  const dtS = durationS / 4;
  let previous = from;
  let sent = 0;
  let held = 0;
  for (let i = 1; i <= 4; i++) {
    let command = sampleSegment(segment, i * dtS);
    const broken = rng.uniform() < 0.1;
    if (broken) command = { ...command, positionRad: command.positionRad.with(i % 3, pick(rng, oddNumbers)) };
    const verdict = lastGuard(previous, command, broken ? pick(rng, [dtS, 0, -1, Number.NaN]) : dtS, joints);
    if (verdict.heldWhy === null) sent++;
    else held++;
    const wrong = unsafeStep(previous, verdict.command, dtS);
    if (wrong) return { sent, held, wrong };
    previous = verdict.command;
  }
  return { sent, held, wrong: null };
}

function unsafeStep(previous: JointCommand, command: JointCommand, dtS: number): string | null {
  for (const [joint, spec] of joints.entries()) {
    const value = command.positionRad[joint]!;
    if (!(value >= spec.positionMinRad - 1e-6 && value <= spec.positionMaxRad + 1e-6)) return `sends joint ${joint} to ${value} rad`;
    const speed = Math.abs(value - previous.positionRad[joint]!) / dtS;
    if (!(speed <= spec.velocityMaxRadPerS * (1 + 1e-5))) return `sends joint ${joint} at ${speed} rad/s`;
  }
  return null;
}
