/** `foresight report physics`: matched pairs of possible and impossible films, and how well a model's surprise tells them apart; beside it untrained twins, and who expects no change. */
import { basename } from "node:path";
import type { ModelPackage } from "../../../runtime/core/model.ts";
import { untrainedTwin } from "../../../runtime/learn/untrained-twin.ts";
import { checkModelFits } from "../../../runtime/predict/model-fit.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { simSection } from "../../backends/sim/backend.ts";
import { draw, openCrew } from "../../compose.ts";
import { loadInLockstep } from "../../config/load-in-lockstep.ts";
import { physicsEvents } from "./catalogue.ts";
import { type PairScore, scorePairs, type WatchedPair } from "./score.ts";
import { openStudio, type Take } from "./studio.ts";
import { openViewer, type Surprises, type Viewer } from "./viewer.ts";

export interface PhysicsFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Of each event. */
  readonly pairs: number;
  /** Of the first film. */
  readonly seed: number;
  /** Untrained twins. */
  readonly twins: number;
  /** Model packages that watch the same films, such as an earlier state of the same training. */
  readonly beside: readonly string[];
}

export interface PhysicsIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface PhysicsRow {
  readonly property: string;
  readonly what: string;
  /** Who watched -> how well its surprise tells: the model first, then those beside it, its untrained twins, and who expects no change. */
  readonly scores: Readonly<Record<string, PairScore>>;
}

export interface PhysicsReport {
  readonly model: string;
  readonly modelHash: string;
  readonly seed: number;
  /** Decisions from the first that can see the event: mean and maximum are over these. */
  readonly windowDecisions: number;
  /** Films that were made, one a seed. */
  readonly films: number;
  readonly rows: readonly PhysicsRow[];
}

const WINDOW_DECISIONS = 6;
const FILM_DECISIONS = 30;
/** Films for each pair that is asked for: not every one gives an occasion to every event. */
const FILMS_A_PAIR_MAX = 4;
/** Who watches, by name. */
export const MODEL = "model";
const ERROR = "its error alone";
const COPY = "copy";
const UNTRAINED = "untrained twin ";
export const isTwin = (who: string): boolean => who.startsWith(UNTRAINED);

/** An interrupted report has fewer pairs. Throws AgentErrors of launch file, models and robot. */
export async function reportPhysics(flags: PhysicsFlags, { progress, signal }: PhysicsIo): Promise<PhysicsReport> {
  const blueprint = await draw(loadInLockstep(flags.launch, flags.overrides, "a report on physics"));
  const { model, config } = blueprint;
  const section = simSection(config, "events are made in the simulator");
  const others = await Promise.all(flags.beside.map((folder) => packageBeside(folder, model)));
  await using crew = await openCrew(blueprint);
  await using studio = await openStudio(blueprint, section, crew);
  await using viewers = await openViewers([[MODEL, model], ...others, ...twinsOf(model, flags.twins)], crew);
  const pairs = physicsEvents.map(() => new Map<string, WatchedPair[]>());
  const countOf = (index: number): number => pairs[index]!.get(MODEL)?.length ?? 0;
  let films = 0;
  for (; films < flags.pairs * FILMS_A_PAIR_MAX && !signal.aborted; films++) {
    const wanting = physicsEvents.flatMap((event, index) => (countOf(index) < flags.pairs ? [{ event, index }] : []));
    if (wanting.length === 0) break;
    const take = await studio.film(flags.seed + films, FILM_DECISIONS);
    if (!take) continue;
    const states = take.shots.map(({ truth }) => truth);
    const usual = await viewers.watch(take);
    for (const { event, index } of wanting) {
      const first = event.occasion(states, WINDOW_DECISIONS, studio.thing);
      if (first === null) continue;
      const other = await studio.again(take, event, first, first + WINDOW_DECISIONS);
      if (!other || other.shots.length < first + WINDOW_DECISIONS) continue;
      const seen = await viewers.watch(other);
      const window = (surprises: readonly number[]): readonly number[] => surprises.slice(first - 1, first - 1 + WINDOW_DECISIONS);
      for (const [who, surprises] of seen) {
        const watched = pairs[index]!.get(who) ?? [];
        pairs[index]!.set(who, [...watched, { possible: window(usual.get(who)!), impossible: window(surprises) }]);
      }
    }
    progress(`${films + 1} films, ${Math.min(...physicsEvents.map((_, index) => countOf(index)))} of ${flags.pairs} pairs of every event`);
  }
  return {
    ...{ model: model.folder, modelHash: model.modelHash, seed: flags.seed, windowDecisions: WINDOW_DECISIONS, films },
    rows: physicsEvents.map(({ property, what }, index) => ({
      ...{ property, what },
      scores: Object.fromEntries([...pairs[index]!].map(([who, watched]) => [who, scorePairs(watched)])),
    })),
  };
}

type Named = readonly [name: string, model: ModelPackage];

const twinsOf = (model: ModelPackage, count: number): readonly Named[] =>
  Array.from({ length: count }, (_, index) => [`${UNTRAINED}${index + 1}`, untrainedTwin(model, index + 1)] as const);

/** Named by its folder. Throws AgentErrors of the package, `model.mismatch` where it does not see what the model sees. */
async function packageBeside(folder: string, { spec }: ModelPackage): Promise<Named> {
  const other = await loadModelPackage(folder);
  checkModelFits(other, { cameras: spec.cameras, actionAxes: spec.axes.map(({ name }) => name) });
  return [basename(other.folder), other];
}

interface Viewers extends AsyncDisposable {
  watch(take: Take): Promise<ReadonlyMap<string, readonly number[]>>;
}

async function openViewers(models: readonly Named[], crew: Parameters<typeof openViewer>[1]): Promise<Viewers> {
  const opened: (readonly [string, Viewer])[] = [];
  const close = async (): Promise<void> => {
    for (const [, viewer] of opened.splice(0)) await viewer[Symbol.asyncDispose]();
  };
  try {
    for (const [name, model] of models) opened.push([name, await openViewer(model, crew)]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async watch({ shots }) {
      const seen: (readonly [string, Surprises])[] = [];
      for (const [name, viewer] of opened) seen.push([name, await viewer.watch(shots)]);
      const { error, copy } = seen[0]![1];
      return new Map([
        ...seen.map(([name, { model }]) => [name, model] as const),
        ...(error ? [[ERROR, error] as const] : []),
        [COPY, copy],
      ]);
    },
    [Symbol.asyncDispose]: close,
  };
}
