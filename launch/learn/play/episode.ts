/** One episode of play: the player acts inside the guards, as an agent would, and what was seen and done becomes rows. */

import type { Oversight } from "../../../runtime/agent.ts";
import { attend } from "../../../runtime/assemble/attend.ts";
import type { Body } from "../../../runtime/assemble/body.ts";
import type { OpenedRobot } from "../../../runtime/assemble/opened-robot.ts";
import type { Clock } from "../../../runtime/core/clock.ts";
import type { AgentError } from "../../../runtime/core/errors.ts";
import type { ActionAxis } from "../../../runtime/core/model.ts";
import type { ScriptedPlayer } from "../../../runtime/core/play.ts";
import type { Rng } from "../../../runtime/core/rng.ts";
import { feel } from "../../../runtime/core/signals.ts";
import type { Objects, Pose, TrialWorld, WorldState } from "../../../runtime/core/trial.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { signalsOf } from "../../../runtime/learn/data-axes.ts";
import type { DatasetRow } from "../../../runtime/learn/dataset-writer.ts";
import type { SenseOptions } from "../../../runtime/sense/sense-item.ts";
import { decide } from "../../../runtime/supervise/decide.ts";
import { type PlayPartsOptions, playParts } from "./parts.ts";
import { createRows } from "./rows.ts";

/** An opened robot and what moves it. */
export interface PlayRig {
  readonly opened: OpenedRobot;
  readonly body: Body;
  readonly action: readonly ActionAxis[];
  readonly senses: SenseOptions;
  /** Of this machine. */
  readonly stopwatch: Clock;
  /** Asked where the object is, for the labels of probes and for scripted play; null with a real arm. */
  readonly world: TrialWorld | null;
}

export interface EpisodePlay {
  readonly episode: number;
  readonly steps: number;
  readonly player: ScriptedPlayer;
  /** Scripted play alone sees things, and ends where it says so. */
  readonly goesOn: ((sight: WorldState) => boolean) | null;
  readonly rng: Rng;
}

export interface PlayedEpisode {
  readonly rows: readonly DatasetRow[];
  /** What ended it early; null when nothing went wrong. */
  readonly fault: AgentError | null;
}

/** Decisions per row that is wanted, those included that give none: late, refused, without a posture. */
const DECISIONS_PER_ROW_MAX = 2;

/** Further below the tool nothing lies that an arm plays with. */
const FALLEN_M = 2;

/** A ball that rolled off the table: it falls for as long as somebody looks, and no arm sees it again. */
const hasFallen = ([, , toolZM]: Vec3, objects: Objects): boolean =>
  Object.values(objects).some(({ positionM: [, , zM] }) => zM < toolZM - FALLEN_M);

/** Starts from where the arm rests; leaves it coming to rest. Throws the signal's reason, and AgentErrors that only a person can mend. */
export async function playEpisode(rig: PlayRig, play: EpisodePlay, signal: AbortSignal): Promise<PlayedEpisode> {
  const { opened, body, world } = rig;
  const { robot } = opened;
  const { rows, see } = createRows({ episode: play.episode, periodS: body.periodS, actionBetween: body.actionBetween });
  const signals = signalsOf(rig.action);
  const oversight = playOversight(DECISIONS_PER_ROW_MAX * play.steps, () => rows.length >= play.steps);
  const look: PlayPartsOptions["look"] = async (observation) => {
    const toolM = body.toolAt(observation.joints.positionRad);
    const objects = world ? (await world.truth()).objects : {};
    const { positionRad, gripper } = observation.joints;
    const yawRad = body.hand.yawAt(positionRad);
    const felt = feel(signals, { toolM, yawRad, gripper }, body.hand.gripper);
    see(observation, robot.commandedAt(observation.stampNs), felt, firstPose(objects));
    const hand = { yawRad, ...(gripper ? { openingM: gripper.openingM } : {}) };
    if (hasFallen(toolM, objects)) oversight.end();
    if (!play.goesOn) return { toolM, objects: {}, ...hand };
    if (!play.goesOn({ toolM, objects })) oversight.end();
    return { toolM, objects, ...hand };
  };
  await act(rig, { player: play.player, action: rig.action, look }, { body, oversight, rng: play.rng }, signal);
  return { rows, fault: oversight.endedBy };
}

/** Lets a player decide until the oversight ends it. */
export async function act(
  { opened: { robot, clock, pace }, senses, stopwatch }: Pick<PlayRig, "opened" | "senses" | "stopwatch">,
  parts: PlayPartsOptions,
  { body, oversight, rng }: { readonly body: Body; readonly oversight: Oversight; readonly rng: Rng },
  signal: AbortSignal,
): Promise<void> {
  const agent = { ...playParts(parts), ...body, robot, clock, stopwatch, oversight, rng };
  for await (const _tick of attend({ agent, senses, makePace: pace }, signal));
  signal.throwIfAborted();
}

export interface PlayOversight extends Oversight {
  readonly endedBy: AgentError | null;
  end(): void;
}

/** A motion that was refused or late is one decision less; whatever else the arm must rest for ends the play. */
export function playOversight(decisionsMax: number, isDone: () => boolean): PlayOversight {
  let left = decisionsMax;
  let isOver = false;
  let endedBy: AgentError | null = null;
  return {
    get endedBy() {
      return endedBy;
    },
    end() {
      isOver = true;
    },
    permit: () => (isOver || endedBy || left <= 0 || isDone() ? "end" : "act"),
    decided() {
      left--;
    },
    healthy: () => {},
    fault(error) {
      if (error.code === "guard.stop" || decide(error).reaction === "ignore") left--;
      else endedBy ??= error;
    },
  };
}

/** Of the thing that tasks are about, for the labels of probes; a world without one has none to tell. */
const firstPose = (objects: Objects): Pose | null => Object.values(objects)[0] ?? null;
