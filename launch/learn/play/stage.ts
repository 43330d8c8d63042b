/** An opened robot at its table, ready to be played with: begins an episode, and gives the player of its kind. */

import { createIds, openBody } from "../../../runtime/assemble/body.ts";
import { untilRest } from "../../../runtime/assemble/until-rest.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import type { Rng } from "../../../runtime/core/rng.ts";
import { createFreePlayer, type PlayArea } from "../../../runtime/learn/free-play.ts";
import { createPlayer, isInPlay } from "../../../sim/play.ts";
import { defaultScene } from "../../../sim/scene.ts";
import { openRobot, sceneOf, worldOf } from "../../backends/open-robot.ts";
import { effectMs } from "../../compose.ts";
import { type ApproachRig, approach, retreat } from "./approach.ts";
import type { EpisodePlay, PlayRig } from "./episode.ts";
import { actionOf, PERIOD_S, type PlaySetup, STEP_M, toolHeightM } from "./setup.ts";

export interface PlayStage extends PlayRig, AsyncDisposable {
  readonly isSimulated: boolean;
  /** Leaves the arm at rest at a start; `index` counts the episodes of a shard. */
  begin(index: number, rng: Rng, signal: AbortSignal): Promise<void>;
  player(rng: Rng): Pick<EpisodePlay, "player" | "watch">;
}

/** The person beside a real arm. */
export interface Operator {
  /** Resolves when the person says that it is done. */
  ask(request: string, signal: AbortSignal): Promise<void>;
}

/** Play stays this far inside the workspace, so that its guard need not clip what is ordinary. */
const MARGIN_M = 0.02;
/** Above the table, and above what lies on it. */
const SPACE_Z_M = [0.075, 0.3] as const;
const TRAVEL_Z_M = 0.15;
const PUT_BACK =
  "the arm is stopped and takes no commands: put the things back into the middle of the work area, step back, and press Enter";

/** Throws AgentErrors of the launch file and the robot. */
export async function openStage(setup: PlaySetup, operator: Operator | null, open = openRobot): Promise<PlayStage> {
  const { config, spec, resetEvery } = setup;
  const { backend, guards } = config;
  const opened = await open({ spec, config, periodS: PERIOD_S, effectMs: effectMs(config) });
  const action = actionOf(config);
  const heightM = toolHeightM(config);
  const arm = { robot: spec, ...guards, nextId: createIds() };
  const body = await openBody({ ...arm, model: { action, toolHeightM: heightM, controlPeriodS: PERIOD_S } });
  const carrierAction = { axes: ["x", "y", "z"], scaleM: action.scaleM } as const;
  const carrier = await openBody({ ...arm, model: { action: carrierAction, toolHeightM: null, controlPeriodS: PERIOD_S } });
  const stopwatch = new SystemClock();
  const { robot, clock } = opened;
  const area = areaOf(setup);
  const senses = { ...config.senses, cameras: config.cameras, joints: spec.joints };
  const travelZM = Math.min(guards.workspace.maxM[2] - MARGIN_M, guards.workspace.tableZM + TRAVEL_Z_M);
  const rig: ApproachRig = { opened, senses, stopwatch, carrier, carrierAction, area, travelZM };
  const rest = async (): Promise<void> => {
    await robot.stop("next episode");
    await untilRest({ robot, clock, stopwatch });
  };
  const world = worldOf(backend);
  let episodes = 0;

  const putBack = async (rng: Rng, signal: AbortSignal): Promise<void> => {
    if (world) return void (await robot.ask("reset", { task: world.episode, seed: playSeed(rng) }));
    if (heightM !== null) await retreat(rig, signal);
    await rest();
    await operator?.ask(PUT_BACK, signal);
    await robot.resume();
  };

  return {
    ...{ opened, body, action, senses, stopwatch },
    knowsObject: world !== null,
    isSimulated: world !== null,
    async begin(index, rng, signal) {
      await rest();
      await robot.resume();
      const count = world ? index : episodes++; // A simulated world begins each shard anew: its content depends on nothing before.
      if (resetEvery !== null && count % resetEvery === 0 && (world || count > 0)) await putBack(rng, signal);
      if (heightM !== null) await approach(rig, rng, signal);
    },
    player: (rng) => playerOf(setup, area, rng),
    async [Symbol.asyncDispose]() {
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

function playerOf({ config, play }: PlaySetup, area: PlayArea, rng: Rng): Pick<EpisodePlay, "player" | "watch"> {
  const { backend, guards } = config;
  const world = worldOf(backend);
  if (play === "scripted" && world) {
    const scene = "scene" in backend ? sceneOf(backend) : { ...defaultScene, tableSurfaceM: guards.workspace.tableZM };
    const player = createPlayer(world.episode, rng, STEP_M, scene);
    return {
      player: ({ toolM, objectM }) => player({ toolM, cubeM: objectM ?? toolM }),
      watch: (objectM) => (isInPlay(objectM, scene) ? "go on" : "end"),
    };
  }
  const player = createFreePlayer(rng, area, STEP_M);
  return { player: ({ toolM }) => player(toolM), watch: null };
}
