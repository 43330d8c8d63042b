/** Makes films of a simulated arm that plays: as they come, and once more with the same past and the same actions while something happens in them. */
import { drawTrial } from "../../../runtime/assemble/draw-trial.ts";
import { untilRest } from "../../../runtime/assemble/until-rest.ts";
import { nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import type { ScriptedPlayer, Wanted } from "../../../runtime/core/play.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Rgb, SceneSpec } from "../../../runtime/core/scene.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import type { Trial, WorldState } from "../../../runtime/core/trial.ts";
import { plays } from "../../../skills/index.ts";
import { sceneOf as sceneIn } from "../../backends/scene-of.ts";
import { openLockstep } from "../../backends/sim/open.ts";
import type { SimSection } from "../../backends/sim/schema.ts";
import type { Blueprint } from "../../blueprint.ts";
import type { Crew } from "../../compose.ts";
import { act, playOversight } from "../../learn/play/episode.ts";
import { TURN_RAD } from "../../learn/play/setup.ts";
import { sceneOf, trialNameOf, trialSpecOf } from "../../task-facts.ts";
import { type DirectedDriver, directed } from "./directed.ts";
import type { PhysicsEvent, Setting } from "./event.ts";

/** What was seen at a decision, where everything was, and what was commanded from it to the next, shape (actionDim). */
export interface Shot {
  readonly observation: Observation;
  readonly truth: WorldState;
  readonly moved: Float32Array;
}

export interface Take {
  readonly trial: Trial;
  /** From when the world was placed to the first shot, seconds. */
  readonly firstS: number;
  readonly shots: readonly Shot[];
  /** What the player wanted, decision by decision. */
  readonly wanted: readonly Wanted[];
}

export interface Studio extends AsyncDisposable {
  /** The name of what events are about. */
  readonly thing: string;
  /** The skill's play from the start of a seed's trial, of so many decisions or fewer; null where the arm was stopped. */
  film(seed: number, decisions: number): Promise<Take | null>;
  /** The same once more, of so many decisions, with an event that decision `first` can see; null where the arm was stopped. */
  again(take: Take, event: Pick<PhysicsEvent, "begin">, first: number, decisions: number): Promise<Take | null>;
}

interface Playing {
  readonly player: ScriptedPlayer;
  readonly goesOn: (now: WorldState) => boolean;
}

const DOUBLE = "double";
const OTHER_COLOUR = "other-colour";
const opposite = ([red, green, blue]: Rgb): [number, number, number] => [1 - red, 1 - green, 1 - blue];

/** The scene with two more things, which lie out of sight. Throws AgentError `launch.invalid` for one without loose things. */
function withDoubles(scene: SimSection["scene"]): { readonly scene: SimSection["scene"]; readonly thing: string } {
  const [named] = Object.entries(scene.objects);
  if (!named)
    throw new AgentError("launch.invalid", "backend.scene: has no loose thing; events are about one, add it to backend.scene.objects");
  const [thing, object] = named;
  const more = { [DOUBLE]: object, [OTHER_COLOUR]: { ...object, rgb: opposite(object.rgb) } };
  return { thing, scene: { ...scene, objects: { ...scene.objects, ...more } } };
}

/** Throws AgentErrors of launch file and robot, `launch.invalid` for a task that nobody can play. */
export async function openStudio({ config, spec, model }: Blueprint, section: SimSection, crew: Crew): Promise<Studio> {
  const trialSpec = trialSpecOf(config);
  const play = plays[trialNameOf(config) ?? ""]?.(sceneOf(config));
  if (!trialSpec || !play)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill with trials and scripted play; give a launch file whose task has one, such as push or reach",
    );
  const { scene: drawn, thing } = withDoubles(section.scene);
  const scene = sceneIn({ scene: drawn });
  const { axes, controlPeriodS: periodS } = model.spec;
  const { body, senses } = crew;
  let driver: DirectedDriver | null = null;
  const request = { spec, cameras: config.cameras, periodS, effectMs: 0 };
  const opened = await openLockstep({ ...section, scene: drawn, latencyMs: 0 }, request, (world) => (driver = directed(world)));
  const { robot, clock, world } = opened;
  invariant(driver !== null && world !== null, "a lockstep world is directed and has trials");
  const stage: DirectedDriver = driver;
  const stopwatch = new SystemClock();
  const never = new AbortController().signal; // A film lasts no second, and half of one shows nothing.
  const stepM = axes.find(({ unit }) => unit === "m")?.scale ?? 0;

  const shoot = async (trial: Trial, { player, goesOn }: Playing, decisions: number): Promise<Take | null> => {
    await robot.stop("next film");
    await untilRest({ robot, clock, stopwatch });
    await robot.resume();
    await world.reset(trial);
    const placedNs = clock.nowNs();
    const seen: (Omit<Shot, "moved"> & { readonly commanded: ReturnType<typeof robot.commandedAt> })[] = [];
    const wanted: Wanted[] = [];
    const oversight = playOversight(decisions, () => seen.length >= decisions);
    const look = async (observation: Observation) => {
      const truth = await world.truth();
      seen.push({ observation, truth, commanded: robot.commandedAt(observation.stampNs) });
      if (!goesOn(truth)) oversight.end();
      return { ...truth, yawRad: body.hand.yawAt(observation.joints.positionRad) };
    };
    const noted: ScriptedPlayer = (sight) => {
      const want = player(sight);
      wanted.push(want);
      return want;
    };
    await act({ opened, senses, stopwatch }, { player: noted, action: axes, look }, { body, oversight, rng: createRng(0) }, never);
    if (oversight.endedBy || !seen[0]) return null;
    const firstS = nsToSeconds(seen[0].observation.stampNs - placedNs);
    const end = robot.commandedAt(clock.nowNs());
    const shots = seen.map(({ commanded, ...shot }, i) => ({
      ...shot,
      moved: body.actionBetween(commanded, seen[i + 1]?.commanded ?? end),
    }));
    return { trial, firstS, shots, wanted };
  };

  return {
    thing,
    film(seed, decisions) {
      stage.direct(null);
      const player = play.player(createRng(seed).fork(1), { stepM, turnRad: TURN_RAD });
      const trial = drawTrial(trialSpec, seed, { robot: spec, scene: sceneOf(config), kinematics: body.kinematics });
      return shoot(parked(trial, scene), { player, goesOn: play.goesOn }, decisions);
    },
    async again({ trial, firstS, wanted }, event, first, decisions) {
      const setting = { scene, thing, double: DOUBLE, otherColour: OTHER_COLOUR };
      stage.direct({ fromS: firstS + (first - 1) * periodS, begin: (truth) => event.begin({ ...setting, truth } satisfies Setting) });
      let decision = 0;
      const take = await shoot(trial, { player: () => wanted[decision++] ?? {}, goesOn: () => true }, decisions);
      stage.direct(null);
      return take;
    },
    [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose](),
  };
}

/** With the doubles under the floor, apart from one another; without its seed, so that no world is varied: it is as the scene says. */
function parked({ start, goal }: Trial, { tableSurfaceM }: SceneSpec): Trial {
  const away = Object.fromEntries(
    [DOUBLE, OTHER_COLOUR].map((name, i) => [name, { positionM: [i, 0, tableSurfaceM - 3] as const, yawRad: 0 }]),
  );
  return {
    start: { ...start, objects: { ...start.objects, ...away } },
    goal: { ...goal, objects: { ...goal.objects, ...away } },
  };
}
