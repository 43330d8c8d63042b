/** What play of pick-place does one after the other: each errand says what it wants by what it sees, and ends itself. */
import type { Sight, Steps, Wanted } from "../../runtime/core/play.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import { halfHeightM, type Shape } from "../../runtime/core/shape.ts";
import { poseOf } from "../../runtime/core/trial.ts";
import { distanceM, flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import type { WorkArea } from "../../runtime/core/work-area.ts";
import { clampUnit } from "../playing.ts";
import { gripTurnRad } from "./grip.ts";

/** Null where it is over. */
export type Errand = (sight: Sight) => Wanted | null;

/** What the errands are about. */
export interface Thing {
  readonly name: string;
  readonly shape: Shape;
  /** Between the fingers. */
  readonly widthM: number;
  readonly tableZM: number;
  readonly area: WorkArea;
}

const OPEN = { gripper: 1 } as const;
const CLOSE = { gripper: -1 } as const;
/** Of the tool above the thing while it looks for it, and of the thing above the table while it is carried. */
const HOVER_M = [0.08, 0.14] as const;
const CARRY_M = [0.05, 0.18] as const;
/** Over the thing so far apart it goes down; at its height so far apart it closes. */
const OVER_M = 0.012;
const AT_M = 0.008;
const TURNED_RAD = 0.12;
const IN_HAND_M = 0.035;
/** Fingers around a thing stand as wide as it, within this; open ones wider than it by more than that. */
const FINGERS_M = 0.006;
const OPEN_M = 0.015;
/** The fingers need so many decisions to close from wide open, and at most so many to let go. */
const CLOSING_DECISIONS = 5;
const LETTING_GO_DECISIONS = 8;
/** Of the way up after it let go. */
const RETREAT_M = 0.07;
const TRIES_MAX = 3;
/** Half of the quarter turn after which a square looks the same: further the hand need never turn. */
const QUARTER_RAD = Math.PI / 4;
/** Of the carries that turn the thing on the way, since a goal shows it turned anyhow. */
const TURNING_SHARE = 0.7;

export type CarryKind = "whole" | "miss" | "drop";

/** Picks the thing up, carries it to a place on the table and sets it down; a miss closes beside it, a drop lets go on the way. */
export function carry(rng: Rng, steps: Steps, thing: Thing, sight: Sight, kind: CarryKind): Errand {
  const { area, tableZM, shape, widthM } = thing;
  const goal: Vec3 = [rng.between(...area.xM), rng.between(...area.yM), tableZM + halfHeightM(shape)];
  const [hoverM, carryZM] = [rng.between(...HOVER_M), goal[2] + rng.between(...CARRY_M)];
  const besideM = kind === "miss" ? drawOffset(rng) : ([0, 0, 0] as const);
  const wayM = flatDistanceM(poseOf(sight.objects, thing.name).positionM, goal);
  const dropAtM = kind === "drop" ? wayM * rng.between(0.1, 0.9) : 0;
  const placedYawRad = rng.uniform() < TURNING_SHARE ? rng.between(-QUARTER_RAD, QUARTER_RAD) : null; // Of the hand; null: as it took the thing.
  let [closing, tries, lettingGo] = [0, 0, 0];
  let releasedZM = 0;

  const pick = (sight: Sight, thingM: Vec3): Wanted | null => {
    if (closing > 0) {
      if (closing++ < CLOSING_DECISIONS) return CLOSE;
      closing = 0;
      if (++tries >= TRIES_MAX || kind === "miss") return null;
    }
    const gripM = add(thingM, besideM);
    const turnRad = gripTurnRad(shape, poseOf(sight.objects, thing.name).yawRad, sight.yawRad ?? 0);
    const offM = flatDistanceM(sight.toolM, gripM);
    const isOver = offM < OVER_M && Math.abs(turnRad) < TURNED_RAD;
    if ((sight.openingM ?? 0) < widthM + OPEN_M) return { ...OPEN, z: 1 };
    if (isOver && sight.toolM[2] - gripM[2] < AT_M) {
      closing = 1;
      return CLOSE;
    }
    if (isOver) return { ...towards(sight, gripM, steps), ...OPEN };
    const isLow = sight.toolM[2] < gripM[2] + 0.7 * hoverM;
    const aboveM: Vec3 = isLow ? [sight.toolM[0], sight.toolM[1], gripM[2] + hoverM] : [gripM[0], gripM[1], gripM[2] + hoverM];
    return { ...towards(sight, aboveM, steps), ...turned(turnRad, steps), ...OPEN };
  };

  const bring = (sight: Sight, thingM: Vec3): Wanted => {
    const leftM = flatDistanceM(thingM, goal);
    const isDown = leftM < OVER_M && thingM[2] < goal[2] + AT_M;
    const isDropped = dropAtM > 0 && leftM < dropAtM;
    if (isDown || isDropped) {
      lettingGo = 1;
      releasedZM = sight.toolM[2];
      return OPEN;
    }
    const turnRad = placedYawRad === null ? 0 : placedYawRad - (sight.yawRad ?? 0);
    const isLow = thingM[2] < carryZM - 0.02;
    const isAway = leftM > 2 * OVER_M || Math.abs(turnRad) > (isLow ? 3 : 1) * TURNED_RAD;
    const nextM: Vec3 = isAway && isLow ? [thingM[0], thingM[1], carryZM] : [goal[0], goal[1], isAway ? carryZM : goal[2]];
    return { ...towards({ ...sight, toolM: thingM }, nextM, steps), ...turned(isLow ? 0 : turnRad, steps), ...CLOSE };
  };

  return (sight) => {
    if (lettingGo > 0) {
      const isOpen = (sight.openingM ?? 0) > widthM + OPEN_M || lettingGo++ > LETTING_GO_DECISIONS;
      if (!isOpen) return OPEN;
      return sight.toolM[2] < releasedZM + RETREAT_M && lettingGo++ <= 2 * LETTING_GO_DECISIONS ? { ...OPEN, z: 1 } : null;
    }
    const thingM = poseOf(sight.objects, thing.name).positionM;
    return isHeld(sight, thingM, widthM) ? bring(sight, thingM) : pick(sight, thingM);
  };
}

/** Goes down beside the thing, with fingers open or closed, and through the place where it lies. */
export function push(rng: Rng, steps: Steps, { name, tableZM, shape }: Thing, sight: Sight): Errand {
  const angle = rng.between(-Math.PI, Math.PI);
  const [x, y] = poseOf(sight.objects, name).positionM;
  const zM = tableZM + halfHeightM(shape);
  const at = (alongM: number, heightM: number): Vec3 => [x + alongM * Math.cos(angle), y + alongM * Math.sin(angle), heightM];
  const throughM = rng.between(0.02, 0.12);
  return visit([at(-0.09, zM + 0.1), at(-0.09, zM), at(throughM, zM), at(throughM, zM + 0.08)], steps, rng.uniform() < 0.5 ? OPEN : CLOSE);
}

/** A few places over the table; the hand opens and closes on the way. */
export function wander(rng: Rng, steps: Steps, { area, tableZM }: Thing): Errand {
  const places = Array.from(
    { length: 3 },
    (): Vec3 => [rng.between(...area.xM), rng.between(...area.yM), tableZM + rng.between(0.06, area.heightM[1])],
  );
  const go = visit(places, steps, {});
  return (sight) => {
    const wanted = go(sight);
    return wanted && rng.uniform() < 0.15 ? { ...wanted, gripper: rng.uniform() < 0.5 ? 1 : -1 } : wanted;
  };
}

/** To some place above the table with an open hand, half of the times turned as it was before anything was taken: where goal pictures have the hand after the work is done. */
export function leave(rng: Rng, steps: Steps, { area, tableZM }: Thing): Errand {
  const placeM: Vec3 = [rng.between(...area.xM), rng.between(...area.yM), tableZM + rng.between(...area.heightM)];
  const yawRad = rng.uniform() < 0.5 ? 0 : rng.between(-QUARTER_RAD, QUARTER_RAD);
  return (sight) => {
    const leftRad = yawRad - (sight.yawRad ?? 0);
    if (distanceM(sight.toolM, placeM) < OVER_M && Math.abs(leftRad) < TURNED_RAD) return null;
    return { ...towards(sight, placeM, steps), ...turned(leftRad, steps), ...OPEN };
  };
}

function visit(placesM: readonly Vec3[], steps: Steps, hand: Wanted): Errand {
  let next = 0;
  return (sight) => {
    while (placesM[next] && distanceM(sight.toolM, placesM[next]!) < OVER_M) next++;
    const placeM = placesM[next];
    return placeM ? { ...towards(sight, placeM, steps), ...hand } : null;
  };
}

const isHeld = ({ toolM, openingM }: Sight, thingM: Vec3, widthM: number): boolean =>
  openingM !== undefined && Math.abs(openingM - widthM) < FINGERS_M && distanceM(toolM, thingM) < IN_HAND_M;

/** The whole way, or as far of it as a decision goes. */
function towards({ toolM }: Sight, placeM: Vec3, { stepM }: Steps): Wanted {
  const wayM = [placeM[0] - toolM[0], placeM[1] - toolM[1], placeM[2] - toolM[2]] as const;
  const scale = 1 / Math.max(stepM, ...wayM.map(Math.abs));
  return { x: wayM[0] * scale, y: wayM[1] * scale, z: wayM[2] * scale };
}

const turned = (rad: number, { turnRad }: Steps): Wanted => ({ yaw: clampUnit(rad / turnRad) });

/** 1 to 3 cm to some side. */
function drawOffset(rng: Rng): Vec3 {
  const [angle, offM] = [rng.between(-Math.PI, Math.PI), rng.between(0.01, 0.03)];
  return [offM * Math.cos(angle), offM * Math.sin(angle), 0];
}

const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
