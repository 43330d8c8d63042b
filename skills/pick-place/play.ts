/** How pick-place is played to learn it: whole errands, deliberate misses, drops, pushes and free motion, closed-loop, always with some noise, tried again where they fail. */
import type { PlayOf, ScriptedPlayer, Sight, Steps, Wanted } from "../../runtime/core/play.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { halfHeightM } from "../../runtime/core/shape.ts";
import { poseOf } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { cubeArea, isWithin } from "../../runtime/core/work-area.ts";
import { firstObject } from "../drawing.ts";
import { clampUnit, onTable } from "../playing.ts";
import { carry, type Errand, leave, push, type Thing, wander } from "./errands.ts";
import { gripWidthM } from "./grip.ts";

/** Of the errands of play; what is left over is free motion. What is played is what gets imitated: where misses and pushes are many, most of what happens low beside the thing is a miss, and so is what is sampled there. */
const WHOLE_SHARE = 0.84;
const MISS_SHARE = 0.02;
const DROP_SHARE = 0.05;
const PUSH_SHARE = 0.02;
/** Of the errands that are followed by leaving for somewhere else. */
const LEAVE_SHARE = 0.6;
const ERRAND_DECISIONS_MAX = 45;
/** Decisions that are drawn at random, whatever was intended, so that everything was done somewhere. */
const RANDOM_SHARE = 0.06;

export const pickPlacePlay: PlayOf = (scene) => {
  const [name, { shape }] = firstObject(scene, "pick-place");
  const thing: Thing = { name, shape, widthM: gripWidthM(shape, name), tableZM: scene.tableSurfaceM, area: scene.area };
  return {
    player: (rng, steps) => onTable(scene, createPlayer(rng, steps, thing)),
    goesOn: ({ objects }) => isInPlay(poseOf(objects, name).positionM, scene, halfHeightM(shape)),
  };
};

/** On the table or above it, and within reach. */
function isInPlay([x, y, z]: Vec3, { area, tableSurfaceM }: SceneSpec, halfM: number): boolean {
  const { xM, yM } = cubeArea(area);
  return isWithin(x, xM) && isWithin(y, yM) && z > tableSurfaceM + 0.5 * halfM;
}

function createPlayer(rng: Rng, steps: Steps, thing: Thing): ScriptedPlayer {
  let errand: Errand = () => null;
  let left = 0;
  let noise = 0;
  let isLeaving = true;
  const renew = (sight: Sight): void => {
    isLeaving = !isLeaving && rng.uniform() < LEAVE_SHARE;
    errand = isLeaving ? leave(rng, steps, thing) : drawErrand(rng, steps, thing, sight);
    left = ERRAND_DECISIONS_MAX;
    noise = rng.uniform() < 0.6 ? 0.04 : rng.between(0.08, 0.35);
  };
  return (sight) => {
    let wanted = left-- > 0 ? errand(sight) : null;
    if (!wanted) {
      renew(sight);
      wanted = errand(sight) ?? {};
    }
    return rng.uniform() < RANDOM_SHARE ? drawAction(rng, wanted) : noisy(rng, wanted, noise);
  };
}

function drawErrand(rng: Rng, steps: Steps, thing: Thing, sight: Sight): Errand {
  let dice = rng.uniform();
  const falls = (share: number): boolean => {
    dice -= share;
    return dice < 0;
  };
  if (falls(WHOLE_SHARE)) return carry(rng, steps, thing, sight, "whole");
  if (falls(MISS_SHARE)) return carry(rng, steps, thing, sight, "miss");
  if (falls(DROP_SHARE)) return carry(rng, steps, thing, sight, "drop");
  if (falls(PUSH_SHARE)) return push(rng, steps, thing, sight);
  return wander(rng, steps, thing);
}

/** Noise of the tool and its turn; the gripper does what it was told. */
function noisy(rng: Rng, wanted: Wanted, noise: number): Wanted {
  const { gripper, ...motion } = wanted;
  const shaken = (["x", "y", "z", "yaw"] as const).map((axis) => [axis, clampUnit((motion[axis] ?? 0) + noise * rng.normal())]);
  return { ...Object.fromEntries(shaken), ...(gripper === undefined ? {} : { gripper }) };
}

/** Anything; one in five of them opens or closes the hand. */
function drawAction(rng: Rng, { gripper }: Wanted): Wanted {
  const any = (): number => rng.between(-1, 1);
  const hand = rng.uniform() < 0.2 ? Math.sign(any()) : gripper;
  return { x: any(), y: any(), z: any(), yaw: any(), ...(hand === undefined ? {} : { gripper: hand }) };
}
