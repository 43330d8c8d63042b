/** An opened robot at its table, ready to be played with: begins an episode, and gives the player of its kind. */

import { type Body, createIds, openBody } from "../../../runtime/assemble/body.ts";
import { untilRest } from "../../../runtime/assemble/until-rest.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { displacementAxes } from "../../../runtime/core/model.ts";
import { along } from "../../../runtime/core/play.ts";
import type { Rng } from "../../../runtime/core/rng.ts";
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import { createFreeHand, createFreePlayer, type PlayArea } from "../../../runtime/learn/free-play.ts";
import { plays } from "../../../skills/index.ts";
import { backendOf } from "../../backends/registry.ts";
import { openRobot, sensesOf } from "../../compose.ts";
import { drawnTrial } from "../../drawn-trial.ts";
import { sceneOf, trialNameOf } from "../../task-facts.ts";
import { type ApproachRig, approach, retreat } from "./approach.ts";
import type { EpisodePlay, PlayRig } from "./episode.ts";
import type { LedTool } from "./led.ts";
import { actionOf, PERIOD_S, type PlaySetup, STEP_M, TURN_RAD, toolHeightM } from "./setup.ts";

export interface PlayStage extends PlayRig, AsyncDisposable {
  readonly isSimulated: boolean;
  /** Leaves the arm at rest at a start; `index` counts the episodes of a shard. */
  begin(index: number, rng: Rng, signal: AbortSignal): Promise<void>;
  player(rng: Rng): Pick<EpisodePlay, "player" | "goesOn">;
}

/** The person beside a real arm. */
export interface Operator {
  /** Resolves when the person says that it is done. */
  ask(request: string, signal: AbortSignal): Promise<void>;
}

/** A person who leads the arm's tool; `toolAt` of the arm that follows. */
export type OpenLead = (toolAt: Body["toolAt"]) => LedTool;

/** Play stays this far inside the workspace, so that its guard need not clip what is ordinary. */
const MARGIN_M = 0.02;
/** Above the table, and above what lies on it. */
const SPACE_Z_M = [0.075, 0.3] as const;
const TRAVEL_Z_M = 0.15;
const PUT_BACK =
  "the arm is stopped and takes no commands: put the things back into the middle of the work area, step back, and press Enter";

/** Throws AgentErrors of the launch file and the robot. */
export async function openStage(
  setup: PlaySetup,
  operator: Operator | null,
  open = openRobot,
  lead: OpenLead | null = null,
): Promise<PlayStage> {
  const { config, spec, resetEvery } = setup;
  const { guards } = config;
  const opened = await open(config, spec, { periodS: PERIOD_S });
  const action = actionOf(config);
  const heightM = toolHeightM(config);
  const arm = { robot: spec, ...guards, nextId: createIds() };
  const body = await openBody({ ...arm, model: { axes: action, toolHeightM: heightM, controlPeriodS: PERIOD_S } });
  const carrierAction = displacementAxes({ axes: ["x", "y", "z"], scaleM: STEP_M });
  const carrier = await openBody({ ...arm, model: { axes: carrierAction, toolHeightM: null, controlPeriodS: PERIOD_S } });
  const stopwatch = new SystemClock();
  const led = lead?.(body.toolAt) ?? null;
  const { robot, clock } = opened;
  const area = areaOf(setup);
  const senses = sensesOf(config, spec);
  const travelZM = Math.min(guards.workspace.maxM[2] - MARGIN_M, guards.workspace.tableZM + TRAVEL_Z_M);
  const rig: ApproachRig = { opened, senses, stopwatch, carrier, carrierAction, area, travelZM };
  const rest = async (): Promise<void> => {
    await robot.stop("next episode");
    await untilRest({ robot, clock, stopwatch });
  };
  const world = backendOf(config).facts.world ? opened.world : null;
  const hasTrials = trialNameOf(config) !== null;
  let scene = sceneOf(config);
  let episodes = 0;

  const putBack = async (rng: Rng, signal: AbortSignal): Promise<void> => {
    if (world && hasTrials) {
      const drawn = drawnTrial(config, playSeed(rng), { robot: spec, kinematics: carrier.kinematics });
      scene = drawn.scene;
      return void (await world.reset(drawn.trial));
    }
    if (heightM !== null) await retreat(rig, signal);
    await rest();
    await operator?.ask(PUT_BACK, signal);
    await robot.resume();
  };

  return {
    ...{ opened, world, body, action, senses, stopwatch },
    isSimulated: world !== null,
    async begin(index, rng, signal) {
      await rest();
      await robot.resume();
      const count = world ? index : episodes++; // A simulated world begins each shard anew: its content depends on nothing before.
      if (resetEvery !== null && count % resetEvery === 0 && (world || count > 0)) await putBack(rng, signal);
      if (heightM !== null) await approach(rig, rng, signal);
      await led?.clutched(signal);
    },
    player: (rng) => led?.play(STEP_M) ?? playerOf(setup, { scene, area }, rng),
    async [Symbol.asyncDispose]() {
      await led?.[Symbol.asyncDispose]();
      await rest().catch(() => {}); // A lost robot was told of already; its keeper stops it.
      await robot[Symbol.asyncDispose]();
      body[Symbol.dispose]();
      carrier[Symbol.dispose]();
    },
  };
}

/** Starts of play are drawn from here on, far from those of development, practice and evaluation. */
const PLAY_SEED_MIN = 1_000_000_000;
const playSeed = (rng: Rng): number => PLAY_SEED_MIN + Math.floor(rng.uniform() * 1_000_000_000);

/** Where the tool may go: the workspace less a margin; one height where the height is held. */
function areaOf({ config }: PlaySetup): PlayArea {
  const { minM, maxM, tableZM } = config.guards.workspace;
  const heightM = toolHeightM(config);
  const [lowM, highM] =
    heightM === null ? [Math.max(minM[2], tableZM + SPACE_Z_M[0]), Math.min(maxM[2], tableZM + SPACE_Z_M[1])] : [heightM, heightM];
  return { minM: [minM[0] + MARGIN_M, minM[1] + MARGIN_M, lowM], maxM: [maxM[0] - MARGIN_M, maxM[1] - MARGIN_M, highM] };
}

/** The hand has chances of its own, so that the tool goes the same way with and without it. */
const HAND_LABEL = 0x4a;

function playerOf(
  { config, play }: PlaySetup,
  { scene, area }: { readonly scene: SceneSpec; readonly area: PlayArea },
  rng: Rng,
): Pick<EpisodePlay, "player" | "goesOn"> {
  const scripted = play === "scripted" ? plays[trialNameOf(config) ?? ""]?.(scene) : undefined;
  if (scripted) return { player: scripted.player(rng, { stepM: STEP_M, turnRad: TURN_RAD }), goesOn: scripted.goesOn };
  const player = createFreePlayer(rng, area, STEP_M);
  const hand = createFreeHand(rng.fork(HAND_LABEL));
  return { player: ({ toolM }) => ({ ...along(player(toolM)), ...hand() }), goesOn: null };
}
