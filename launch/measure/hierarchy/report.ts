/** `foresight report hierarchy`: how far ahead a planner gets by itself, and with subgoals that are told or that it samples; chance beside it. Goals are where the task's script comes to so many decisions later. */
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { loadInLockstep } from "../../config/load-in-lockstep.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { DrawnTrial } from "../../drawn-trial.ts";
import { heedsTold, openExamination } from "../eval.ts";
import { type EpisodeResult, type EvaluationReport, type Examination, playEpisode, summarise } from "../evaluate.ts";
import { drawGoalAhead, type GoalAhead, judgedAt } from "./goal-ahead.ts";
import { type Moment, type Script, scriptOf } from "./script.ts";

export interface HierarchyFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Decisions of the script from where an episode begins to its goal; a column each. */
  readonly ahead: readonly number[];
  /** Of each planner at each distance. */
  readonly episodes: number;
  /** Of the first episode. */
  readonly seed: number;
}

export interface HierarchyIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** By chance; towards the goal itself; towards what the script came to in between; towards what the planner samples. */
export type PlannerName = "random" | "flat" | "told" | "sampled";

export interface HierarchyRow {
  readonly planner: PlannerName;
  readonly ahead: number;
  readonly report: EvaluationReport;
}

export interface HierarchyReport {
  readonly task: string;
  readonly model: string;
  readonly modelHash: string;
  readonly seed: number;
  readonly decisionsMax: number;
  /** Of each distance: goals, and those of them that have the thing in the hand. */
  readonly goals: readonly { readonly ahead: number; readonly count: number; readonly inHand: number }[];
  readonly rows: readonly HierarchyRow[];
}

interface Episode extends GoalAhead<Moment> {
  readonly seed: number;
  readonly drawn: DrawnTrial;
}
type Episodes = ReadonlyMap<number, readonly Episode[]>;

/** An episode begins at one of so many first decisions of a film, whatever other distances are asked for. */
const BEGINNINGS = 40;
/** Films for each episode that is asked for: not each of them moves the thing far enough in time. */
const FILMS_AN_EPISODE_MAX = 4;
/** Chances of its own for each distance of a seed. */
const GOAL_LABEL = 0x90a1;

/** An interrupted report has fewer rows. Throws AgentErrors of launch file, model and robot, `goal.unreachable` where no script moves anything. */
export async function reportHierarchy(flags: HierarchyFlags, { progress, signal }: HierarchyIo): Promise<HierarchyReport> {
  const rows: HierarchyRow[] = [];
  let episodes: Episodes | null = null;
  let facts: Pick<HierarchyReport, "task" | "model" | "modelHash" | "decisionsMax"> | null = null;
  for (const { name, config, subgoals } of plannersOf(flags)) {
    if (facts && signal.aborted) break;
    await using examination = await openExamination(config, { policy: "mode2" });
    const { brain, task, decisionsMax } = examination;
    invariant(!("chance" in brain), "whoever plans has a model");
    const script = scriptOf(config, { ...examination, action: brain.package.spec.axes });
    episodes ??= await drawEpisodes(examination, script, flags, { progress, signal });
    const { folder: model, modelHash } = brain.package;
    facts ??= { task, model, modelHash, decisionsMax };
    for (const [ahead, drawn] of episodes) {
      const told = (done: number, successes: number): void =>
        progress(`${name}, ${ahead} decisions ahead: ${done} of ${drawn.length} episodes, ${successes} successes`);
      const results = await playAhead({ ...examination, subgoals }, script, drawn, signal, told);
      if (results.length === 0) continue; // Interrupted before the first was over.
      const of = { task, goal: "image", policy: name, mode: examination.opened.mode, seed: flags.seed, modelHash, stages: null } as const;
      rows.push({ planner: name, ahead, report: summarise(of, results) });
    }
  }
  invariant(facts && episodes, "the first planner was opened");
  const goals = [...episodes].map(([ahead, drawn]) => ({ ahead, count: drawn.length, inHand: drawn.filter(isInHand).length }));
  return { ...facts, seed: flags.seed, goals, rows };
}

interface Planner {
  readonly name: PlannerName;
  readonly config: LaunchConfig;
  readonly subgoals: NonNullable<Examination["subgoals"]>;
}

/** Told and sampled where the launch file's planner heeds such a thing. */
function plannersOf({ launch, overrides }: HierarchyFlags): readonly Planner[] {
  const load = (...more: readonly string[]): LaunchConfig => loadInLockstep(launch, [...overrides, ...more], "a report on hierarchy");
  const config = load();
  const { solver, hierarchical } = config.planner;
  const samples = solver === "hierarchical" && hierarchical.subgoals > 0;
  return [
    { name: "random", config: load("planner.policy:=random"), subgoals: "sampled" },
    { name: "flat", config: load("planner.hierarchical.subgoals:=0"), subgoals: "sampled" },
    ...(heedsTold(config.planner) ? [{ name: "told", config, subgoals: "told" } as const] : []),
    ...(samples ? [{ name: "sampled", config, subgoals: "sampled" } as const] : []),
  ];
}

/** The first seeds whose scripts give a goal, of each distance: the same for every planner. */
async function drawEpisodes(
  { draw }: Examination,
  script: Script,
  { ahead, episodes: count, seed: firstSeed }: HierarchyFlags,
  { progress, signal }: HierarchyIo,
): Promise<Episodes> {
  const episodes = new Map(ahead.map((each) => [each, [] as Episode[]]));
  const decisions = Math.max(...ahead) + BEGINNINGS;
  for (let film = 0; film < count * FILMS_AN_EPISODE_MAX; film++) {
    const wanting = [...episodes].filter(([, drawn]) => drawn.length < count);
    if (wanting.length === 0 || signal.aborted) break;
    const seed = firstSeed + film;
    const drawn = draw(seed);
    const moments = await script.film(drawn.trial, { seed, scene: drawn.scene, decisions });
    for (const [each, found] of wanting) {
      const goal = drawGoalAhead(moments.slice(0, each + BEGINNINGS), each, drawn.spec, createRng(seed).fork(GOAL_LABEL + each));
      if (goal) found.push({ ...goal, seed, drawn });
    }
    progress(`goals: ${film + 1} scripts played, ${count - Math.min(...wanting.map(([, found]) => found.length))} to find`);
  }
  for (const [each, found] of episodes)
    if (found.length === 0 && !signal.aborted)
      throw new AgentError(
        "goal.unreachable",
        `no script moves what counts within ${each} decisions; give other distances with --ahead, or another launch file`,
      );
  return episodes;
}

const isInHand = ({ goal, drawn: { spec } }: Episode): boolean => spec.errorM(goal, goal) > spec.successM;

async function playAhead(
  examination: Examination,
  script: Script,
  episodes: readonly Episode[],
  signal: AbortSignal,
  told: (done: number, successes: number) => void,
): Promise<readonly EpisodeResult[]> {
  const results: EpisodeResult[] = [];
  for (const episode of episodes) {
    const { result } = await playEpisode(aheadOf(examination, script, episode), episode.seed, signal);
    if (signal.aborted) break; // Half an episode tells nothing.
    results.push(result);
    told(results.length, results.filter(({ success }) => success).length);
  }
  return results;
}

/** The same examination from where the script is at its beginning to where it comes to. */
function aheadOf(examination: Examination, script: Script, { seed, drawn, begins, goal, way }: Episode): Examination {
  const { yawRad: _, ...posture } = goal;
  const { scene, trial } = drawn;
  return {
    ...examination,
    draw: () => ({ scene, trial: { ...trial, goal: posture }, spec: { ...judgedAt(drawn.spec, goal), waypoints: () => way } }),
    async prelude() {
      await script.play({ seed, scene, decisions: begins });
    },
  };
}
