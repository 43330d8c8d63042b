/** `foresight practise`: the planner's skill becomes a habit. It plans and keeps its successes, then watches the policy act and says what it would have done; the policy imitates and imagines. */

import { basename, dirname, join, resolve } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { figure, percent } from "../../runtime/core/figure.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import { kindOf } from "../../runtime/core/own-files.ts";
import { readPlainText } from "../../runtime/core/plain-file.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { SessionOptions } from "../../runtime/graph/session.ts";
import { axesOfData, refuseOtherAxes } from "../../runtime/learn/data-axes.ts";
import { checkDataset, openDataset } from "../../runtime/learn/dataset-reader.ts";
import { encodePlay, playErrands } from "../../runtime/learn/errands.ts";
import { PackageDraft } from "../../runtime/learn/package-draft.ts";
import { policyGraph } from "../../runtime/learn/package-writer.ts";
import { playData } from "../../runtime/learn/play-data.ts";
import { type Lesson, rehearse, type Student } from "../../runtime/learn/practice.ts";
import { openPracticeJournal } from "../../runtime/learn/practice-journal.ts";
import { namedWeights } from "../../runtime/learn/read-weights.ts";
import { replaceNetworks } from "../../runtime/learn/replace-networks.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import type { Blueprint } from "../blueprint.ts";
import { draw } from "../compose.ts";
import { loadInLockstep } from "../config/load-in-lockstep.ts";
import { localProvider } from "../inference.ts";
import type { EvaluationReport } from "../measure/evaluate.ts";
import { SIGHTS_FILE } from "../run/kept-sights.ts";
import { type Gym, type GymIo, openGym } from "./gym.ts";

const SIGHTS = { subject: "what is beside the model", bytesMax: 2 * 2 ** 20, code: "model.missing", remedy: "train it again" } as const;

export interface PractiseFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly episodes: number;
  readonly rounds: number;
  readonly steps: number;
  readonly seed: number;
  /** Episodes of the comparison at the end. */
  readonly compare: number;
  /** A data set to imagine from beside the lessons. */
  readonly data?: string;
  readonly out?: string;
  /** Where finished rounds are kept; removed at the end. */
  readonly work?: string;
}

export interface PractiseIo extends GymIo {
  readonly say: (line: string) => void;
}

export interface PractiseReport {
  readonly lessons: number;
  /** Of the last round: expected decisions a step in imagination, and squared error of the imitated action. */
  readonly figures: Readonly<Record<string, number>>;
  readonly mode2: EvaluationReport;
  readonly mode1: EvaluationReport;
}

/** The episodes that a round asks for. */
export interface Round {
  /** Bytes of the network that acts; null where the planner does. */
  readonly policy: Uint8Array | null;
  readonly seeds: readonly number[];
}

export interface Played {
  /** What each taught, in the order of the seeds; null for one from which nothing is learned. */
  readonly taught: readonly (readonly Lesson[] | null)[];
  /** It was learned from and need not be kept any more. */
  settled(): Promise<void>;
}

/** Whoever plays rounds; throws the signal's reason when interrupted. */
export type PlayRound = (round: Round) => Promise<Played>;
export type OpenPlayers = (blueprint: Blueprint, gym: Gym, io: PractiseIo) => PlayRound;

const playersHere: OpenPlayers =
  (_, gym, { progress, signal }) =>
  async ({ policy, seeds }) => {
    await using classroom = await gym.openClassroom(policy);
    const taught: (readonly Lesson[] | null)[] = [];
    for (const seed of seeds) {
      signal.throwIfAborted();
      taught.push(await classroom.taught(seed, signal));
      progress(`${policy ? "policy, coached" : "planner"}: ${taught.length} of ${seeds.length} episodes`);
    }
    return { taught, settled: async () => {} };
  };

/** Practice starts are drawn from here, far from those of development (600..) and evaluation (1000..). */
const PRACTICE_SEED = 2_000_000;
/** Keeps the starts of one seed apart from those of another, whatever the number of rounds. */
const ROUNDS_MAX = 1000;

/** Throws AgentErrors of launch file, model, data and robot, and the signal's reason when interrupted: the same command then goes on after the last whole round. */
export async function practise(flags: PractiseFlags, io: PractiseIo, openPlayers: OpenPlayers = playersHere): Promise<PractiseReport> {
  const { seed, episodes, rounds, steps } = flags;
  const blueprint = await draw(loadInLockstep(flags.launch, [...flags.overrides, "planner.policy:=mode2"], "practice"));
  await using gym = await openGym(blueprint);
  const play = openPlayers(blueprint, gym, io);
  const { config, model } = blueprint;
  using draft = new PackageDraft(flags.out ?? model.folder);
  const session: SessionOptions = { provider: localProvider(config.model), threads: config.model.threads };
  const out = draft.place;
  const identity = { model: model.modelHash, seed, episodes, steps, data: flags.data ? resolve(flags.data) : null };
  const journal = openPracticeJournal(resolve(flags.work ?? join(dirname(out), `.practice-${basename(out)}-${seed}`)), identity);
  using _lock = journal.lock();
  const data = flags.data ? await readPlay(flags.data, model, session, io) : null;
  const rng = createRng(seed);
  let { lessons, student, figures } = journal.load(model) ?? { lessons: [] as Lesson[], student: null, figures: {} };
  for (let round = journal.rounds; round < rounds; round++) {
    const acting = student ? policyGraph({ policy: student, ...sizesOf(model) }).toBytes() : null;
    const first = PRACTICE_SEED + (seed * ROUNDS_MAX + round) * episodes;
    const played = await play({ policy: acting, seeds: Array.from({ length: episodes }, (_, i) => first + i) });
    const kept = played.taught.filter((taught) => taught !== null);
    lessons.push(...kept.flat());
    if (lessons.length === 0) throw notOneReached(episodes);
    const start: Student["start"] = student ?? namedWeights(model);
    const onStep = (done: number): void => {
      io.signal.throwIfAborted();
      if (done % 20 === 0) io.progress(`round ${round + 1} of ${rounds}: step ${done} of ${steps}`);
    };
    const rehearsed = await rehearse({ model, start, lessons, play: data }, { steps, rng: rng.fork(round), session, onStep });
    ({ figures } = rehearsed);
    student = rehearsed;
    journal.save(round + 1, lessons, rehearsed);
    await played.settled();
    const told = Object.entries(rehearsed.figures).map(([name, value]) => `${name} ${figure(value, { digits: 4 })}`);
    io.say(`round ${round + 1} of ${rounds}: ${kept.length} of ${episodes} episodes kept, ${lessons.length} lessons; ${told.join(", ")}`);
  }
  const policy = policyGraph({ policy: student as NonNullable<typeof student>, ...sizesOf(model) }).toBytes();
  const practice = {
    episodes,
    rounds: Math.max(rounds, journal.rounds),
    steps,
    seed,
    lessons: lessons.length,
    ...(data ? { dataHash: data.hash } : {}),
  };
  const practised = replaceNetworks(model, { policy }, { training: { practice } }, draft.folder);
  await loadModelPackage(draft.folder); // Nobody is told of a model that does not load.
  const sights = join(model.folder, SIGHTS_FILE);
  if (kindOf(sights) === "file") draft.add(SIGHTS_FILE, readPlainText(sights, SIGHTS)); // Its encoder is as it was, and its card names them.
  const keptIn = draft.publish();
  io.say(`model: ${out}${keptIn ? `; the one that was there is kept in ${keptIn} until you remove it` : ""}`);
  journal.remove();
  const mode2 = await gym.evaluate(practised, "mode2", flags.compare, io);
  const mode1 = await gym.evaluate(practised, "mode1", flags.compare, io);
  return { lessons: lessons.length, figures, mode2, mode1 };
}

function sizesOf({ spec }: ModelPackage) {
  const { latentDim } = spec;
  return { visualDim: latentDim - spec.proprioception.length, latentDim, actionDim: spec.axes.length };
}

async function readPlay(folder: string, model: ModelPackage, session: SessionOptions, { progress, signal }: PractiseIo) {
  const { robot, cameras, axes } = model.spec;
  using dataset = openDataset(resolve(folder));
  checkDataset(dataset, { robot, cameras, axes: null });
  refuseOtherAxes(dataset.folder, axesOfData(dataset.meta.action), axes);
  const data = playData(dataset, Number(model.spec.training["seed"]));
  const latents = await encodePlay(data, model, session, (done) => {
    signal.throwIfAborted();
    progress(`encoding the play: ${done} of ${data.rows} rows`);
  });
  return Object.assign(playErrands(latents), { hash: dataset.hash() });
}

const notOneReached = (episodes: number): AgentError =>
  new AgentError(
    "skill.timeout",
    `practise: the planner reached none of ${episodes} goals by its own judgement; train the model further, or practise with more --episodes`,
  );

export function printPractice({ lessons, mode2, mode1 }: PractiseReport): string {
  const row = (name: string, { successes, episodes, success, wilson95: [low, high], planMs }: EvaluationReport): string =>
    `${name}  ${successes} of ${episodes} = ${percent(success)} (${percent(low)} to ${percent(high)}), plan p50 ${figure(planMs.p50, { unit: "ms" })}`;
  return [
    row("mode2, planning  ", mode2),
    row("mode1, the habit ", mode1),
    `${keptText(mode1.success / mode2.success)}; learned from ${lessons} decisions and in imagination`,
  ].join("\n");
}

const keptText = (share: number): string =>
  Number.isFinite(share)
    ? `the habit keeps ${percent(share)} of the planner's success`
    : "the planner had no success that the habit could keep";
