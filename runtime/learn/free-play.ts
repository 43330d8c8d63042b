/** Label-free play: where an arm goes to gain experience when it knows nothing but where its own tool is. */
import type { Rng } from "../core/rng.ts";
import { distanceM, type Vec3 } from "../core/vec3.ts";

/** Where the tool point may go, base frame, metres; flat (z of one height) where the height is held. */
export interface PlayArea {
  readonly minM: Vec3;
  readonly maxM: Vec3;
}

/** The wanted tool displacement in units of one step, shape (3), each in [-1, 1]. */
export type FreePlayer = (toolM: Vec3) => Vec3;

/** Points to visit one after the other, in straight lines; no point at all: stay. */
interface Whim {
  readonly pathM: Vec3[];
  stepsLeft: number;
}

const ARRIVED_M = 0.012;
const WHIM_STEPS_MAX = 60;
const PAUSE_STEPS = [2, 6] as const;
/** A tool that moves less in a decision is held up: by a guard, or by what it pushes. */
const HELD_UP_M = 0.002;
const HELD_UP_STEPS_MAX = 3;
/** A place is remembered every so many decisions. */
const MEMORY_STEPS = 4;
const MEMORY_MAX = 64;
/** What is reached comfortably from every side, share of the area's half width. */
const INNER_SHARE = 0.65;
/** Between two strokes of a rake: about what the fingers cover. */
const RAKE_PITCH_M = 0.07;
/** Standard deviation of where a push through the middle turns, and of visits there, shares of the area's half width. */
const MIDDLE_SPREAD = 0.22;
const VISIT_SPREAD = 0.4;

/**
 * Follows one whim after another, always with some noise: rakes the inner part of the area, pushes through its middle from all sides, visits places,
 * returns to where it has been, pauses. About one decision in fifteen moves a cube of
 * 5 cm that lies somewhere in the middle: blind play in straight lines does not find it more often.
 */
export function createFreePlayer(rng: Rng, area: PlayArea, stepM: number): FreePlayer {
  const memory: Vec3[] = [];
  let whim: Whim = { pathM: [], stepsLeft: 0 };
  let speed = 1;
  let noise = 0.1;
  let lastM: Vec3 | null = null;
  let heldUpSteps = 0;
  let steps = 0;
  const renew = (toolM: Vec3): void => {
    whim = chooseWhim(rng, area, toolM, memory);
    speed = rng.uniform() < 0.6 ? 1 : rng.between(0.4, 1);
    noise = rng.uniform() < 0.5 ? 0.06 : rng.between(0.1, 0.4);
  };
  return (toolM) => {
    const movedM = lastM ? distanceM(toolM, lastM) : Number.POSITIVE_INFINITY;
    heldUpSteps = movedM < HELD_UP_M && whim.pathM.length > 0 ? heldUpSteps + 1 : 0;
    lastM = toolM;
    if (steps++ % MEMORY_STEPS === 0) remember(memory, toolM, rng);
    const wasTravelling = whim.pathM.length > 0;
    while (whim.pathM[0] && distanceM(whim.pathM[0], toolM) < ARRIVED_M) whim.pathM.shift();
    const isDone = wasTravelling && whim.pathM.length === 0;
    if (isDone || whim.stepsLeft-- <= 0 || heldUpSteps >= HELD_UP_STEPS_MAX) renew(toolM);
    const target = whim.pathM[0];
    if (!target) return [0, 0, 0];
    const delta = sub(target, toolM);
    const scale = speed / Math.max(stepM, Math.hypot(...delta));
    const isFlat = area.minM[2] === area.maxM[2];
    const [x, y, z] = delta.map((value) => clampUnit(value * scale + noise * rng.normal())) as unknown as Vec3;
    return [x, y, isFlat ? 0 : z];
  };
}

/** Odds of opening or closing at a decision: a grip is held for a while, so that something comes of it. */
const GRIP_ODDS = 0.06;
const TURN_ODDS = 0.1;

/** The hand of label-free play: turns one way for some decisions, opens or closes now and then. */
export function createFreeHand(rng: Rng): () => { readonly yaw: number; readonly gripper: number } {
  let yaw = 0;
  let gripper = rng.uniform() < 0.5 ? 1 : -1;
  return () => {
    if (rng.uniform() < TURN_ODDS) yaw = rng.uniform() < 0.5 ? 0 : rng.between(-1, 1);
    if (rng.uniform() < GRIP_ODDS) gripper = -gripper;
    return { yaw, gripper };
  };
}

function chooseWhim(rng: Rng, area: PlayArea, toolM: Vec3, memory: readonly Vec3[]): Whim {
  const dice = rng.uniform();
  const going = (pathM: Vec3[]): Whim => ({ pathM, stepsLeft: WHIM_STEPS_MAX });
  if (dice < 0.3) return going(rake(rng, area));
  if (dice < 0.55) return going(throughTheMiddle(rng, area, toolM));
  if (dice < 0.7) return going([nearMiddle(rng, area, VISIT_SPREAD)]);
  if (dice < 0.85) return going([at((axis) => rng.between(area.minM[axis]!, area.maxM[axis]!))]);
  if (dice < 0.95) return going([memory[Math.floor(rng.uniform() * memory.length)]!]);
  return { pathM: [], stepsLeft: Math.floor(rng.between(...PAUSE_STEPS)) };
}

/** Parallel strokes over the inner part of the area, one beside the other: finds what lies there, wherever it does. */
function rake(rng: Rng, area: PlayArea): Vec3[] {
  const [centreM, halfM] = centreAndHalf(area);
  const across = rng.uniform() < 0.5 ? 0 : 1;
  const count = Math.ceil((2 * INNER_SHARE * halfM[1 - across]!) / RAKE_PITCH_M);
  const side = rng.uniform() < 0.5 ? 1 : -1;
  return Array.from({ length: count + 1 }, (_, stroke) => {
    const share = [0, 0, rng.between(-1, 1)];
    share[across] = stroke % 2 === 0 ? INNER_SHARE : -INNER_SHARE;
    share[1 - across] = side * INNER_SHARE * ((2 * stroke) / count - 1);
    return at((axis) => centreM[axis]! + share[axis]! * halfM[axis]!);
  });
}

/** Along the rim to somewhere near, in to the middle, and back out the way it came or over to the other side. */
function throughTheMiddle(rng: Rng, area: PlayArea, fromM: Vec3): Vec3[] {
  const [centreM, halfM] = centreAndHalf(area);
  const rimM = (angleRad: number): Vec3 => [
    centreM[0] + INNER_SHARE * halfM[0] * Math.cos(angleRad),
    centreM[1] + INNER_SHARE * halfM[1] * Math.sin(angleRad),
    rng.between(area.minM[2], area.maxM[2]),
  ];
  const fromRad = Math.atan2((fromM[1] - centreM[1]) / halfM[1], (fromM[0] - centreM[0]) / halfM[0]);
  const inRad = fromRad + rng.between(-0.8, 0.8);
  const outRad = rng.uniform() < 0.5 ? inRad : inRad + Math.PI + rng.between(-0.8, 0.8);
  return [rimM(inRad), nearMiddle(rng, area, MIDDLE_SPREAD), rimM(outRad)];
}

function nearMiddle(rng: Rng, area: PlayArea, spread: number): Vec3 {
  const [centreM, halfM] = centreAndHalf(area);
  return at((axis) => clamp(centreM[axis]! + spread * halfM[axis]! * rng.normal(), area.minM[axis]!, area.maxM[axis]!));
}

/** A full memory forgets any one of its places for a new one. */
function remember(memory: Vec3[], placeM: Vec3, rng: Rng): void {
  if (memory.length < MEMORY_MAX) memory.push(placeM);
  else memory[Math.floor(rng.uniform() * MEMORY_MAX)] = placeM;
}

const centreAndHalf = ({ minM, maxM }: PlayArea): readonly [Vec3, Vec3] => [
  at((axis) => (minM[axis]! + maxM[axis]!) / 2),
  at((axis) => (maxM[axis]! - minM[axis]!) / 2),
];
const at = (value: (axis: number) => number): Vec3 => [value(0), value(1), value(2)];
const sub = (a: Vec3, b: Vec3): Vec3 => at((axis) => a[axis]! - b[axis]!);
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const clampUnit = (value: number): number => clamp(value, -1, 1);
