/** A task's scripted play on an examined arm, from the start of a trial on: a seed is played the same way to the last bit, so that a goal can be where it comes to later. */
import { untilRest } from "../../../runtime/assemble/until-rest.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { ActionAxis } from "../../../runtime/core/model.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { GripperSpec } from "../../../runtime/core/robot.ts";
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import type { Trial, Waypoint } from "../../../runtime/core/trial.ts";
import { plays } from "../../../skills/index.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { act, playOversight } from "../../learn/play/episode.ts";
import { TURN_RAD } from "../../learn/play/setup.ts";
import { sceneOf, trialNameOf } from "../../task-facts.ts";
import type { Examination } from "../evaluate.ts";

/** The world at a decision of the script, as a world can be put there. */
export type Moment = Waypoint & Trial["goal"];

export interface ScriptRig extends Pick<Examination, "opened" | "world" | "body" | "senses" | "stopwatch"> {
  /** What the script moves along. */
  readonly action: readonly ActionAxis[];
}

/** What a seed stands for. */
export interface Played {
  readonly seed: number;
  readonly scene: SceneSpec;
  /** Fewer where play comes to an end. */
  readonly decisions: number;
}

export interface Script {
  /** From where the world stands, which is the start of the seed's trial: the world before each decision. */
  play(played: Played): Promise<readonly Moment[]>;
  /** The same, once the world was put there. */
  film(trial: Trial, played: Played): Promise<readonly Moment[]>;
}

/** Throws AgentError `launch.invalid` for a task that nobody can play. */
export function scriptOf(config: LaunchConfig, rig: ScriptRig): Script {
  const playOf = plays[trialNameOf(config) ?? ""];
  if (!playOf)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill with scripted play; give a launch file whose task has one, such as push or pick-place",
    );
  playOf(sceneOf(config)); // Where it cannot be played is said before anything moves.
  const { opened, world, body, action, stopwatch } = rig;
  const { robot, clock } = opened;
  const never = new AbortController().signal; // A script lasts seconds, and half of one leads nowhere.
  const steps = { stepM: action.find(({ unit }) => unit === "m")?.scale ?? 0, turnRad: TURN_RAD };

  const play: Script["play"] = async ({ seed, scene, decisions }) => {
    const { player, goesOn } = playOf(scene);
    const moments: Moment[] = [];
    const oversight = playOversight(decisions, () => false);
    const look = async ({ joints: { positionRad } }: Observation): Promise<Moment> => {
      const moment = { ...(await world.truth()), armRad: positionRad.slice(), yawRad: body.hand.yawAt(positionRad) };
      if (goesOn(moment)) moments.push(within(moment, body.hand.gripper));
      else oversight.end();
      return moment;
    };
    const parts = { player: player(createRng(seed).fork(1), steps), action, look };
    await act(rig, parts, { body, oversight, rng: createRng(0) }, never);
    return moments;
  };

  return {
    play,
    async film(trial, played) {
      await robot.stop("next film");
      await untilRest({ robot, clock, stopwatch });
      await robot.resume();
      await world.reset(trial);
      return play(played);
    },
  };
}

/** Fingers swing beyond where they may be put. */
function within({ openingM, ...moment }: Moment, gripper: GripperSpec | undefined): Moment {
  if (openingM === undefined || !gripper) return moment;
  return { ...moment, openingM: Math.min(gripper.openingMaxM, Math.max(gripper.openingMinM, openingM)) };
}
