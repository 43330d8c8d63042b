/** What was done before where the world was much like now and came near to what is wanted now: a few action sequences for the planner to judge, never to follow. */
import type { ModelPackage } from "../core/model.ts";
import type { Latent } from "../core/planning.ts";
import { Graph } from "../graph/builder.ts";
import { importModel } from "../graph/import.ts";
import { floats, type Session, type SessionOptions } from "../graph/session.ts";
import type { Episode } from "./episode.ts";

/** What is remembered now, and how many of it are offered at most. */
export interface Remembered {
  readonly candidates: number;
  readonly episodes: readonly Episode[];
}

export interface RecallOptions {
  readonly package: ModelPackage;
  readonly open: (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
  readonly memory: Remembered;
  /** Decisions of what is offered, count. */
  readonly horizon: number;
}

export interface Recall extends AsyncDisposable {
  /** Action sequences of shape (horizon, actionDim), the most promising first, at most one of each episode; none where nothing is remembered. */
  offers(now: Latent, goal: Latent, signal?: AbortSignal): Promise<readonly Float32Array[]>;
}

/** So many episodes, the nearest, are asked the critic about. */
const VALUED_MAX = 32;

/** A moment of an episode: its decision, and how far its latent is from now (unit-free, squared). */
interface Moment {
  readonly episode: Episode;
  readonly decision: number;
  readonly distance: number;
}

/** The critic in a session of its own; disposing closes it. */
export async function createRecall({ package: model, open, memory, horizon }: RecallOptions): Promise<Recall> {
  const { latentDim, proprioception } = model.spec;
  const rows = 2 * VALUED_MAX;
  const session = await open(criticGraph(model, rows), { name: `${model.spec.name} recall` });
  const seen = (latent: Latent): Latent => latent.slice().fill(0, latentDim - proprioception.length);
  /** From each to each, decisions. */
  const decisionsBetween = async (pairs: readonly (readonly [Latent, Latent])[], signal?: AbortSignal): Promise<Float32Array> => {
    const [from, to] = [new Float32Array(rows * latentDim), new Float32Array(rows * latentDim)];
    for (const [row, [start, end]] of pairs.entries()) {
      from.set(start, row * latentDim);
      to.set(end, row * latentDim);
    }
    const { cost } = await session.run({ from: floats(from, [rows, latentDim]), to: floats(to, [rows, latentDim]) }, signal);
    return cost!.data as Float32Array;
  };
  return {
    async offers(now, goal, signal) {
      const moments = memory.episodes.map((episode) => nearestMoment(episode, now));
      const nearest = moments.sort((a, b) => a.distance - b.distance).slice(0, VALUED_MAX);
      if (nearest.length === 0) return [];
      const away = nearest.map(({ episode, decision }) => [now, seen(latentAt(episode, decision))] as const);
      const left = nearest.map(({ episode, decision }) => [latentAt(episode, decision + horizon), goal] as const);
      const costs = await decisionsBetween([...away, ...left], signal);
      return nearest
        .map((moment, row) => ({ moment, cost: costs[row]! + costs[row + nearest.length]! }))
        .filter(({ cost }) => Number.isFinite(cost))
        .sort((a, b) => a.cost - b.cost)
        .slice(0, memory.candidates)
        .map(({ moment }) => actionsFrom(moment, horizon, model.spec.axes.length, isSwitch));
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };

  function isSwitch(axis: number): boolean {
    return model.spec.axes[axis]?.kind === "switch";
  }
}

function nearestMoment(episode: Episode, now: Latent): Moment {
  const { latents } = episode;
  let nearest: Moment = { episode, decision: 0, distance: Number.POSITIVE_INFINITY };
  for (let decision = 0; decision * now.length < latents.length; decision++) {
    let distance = 0;
    for (let i = 0; i < now.length; i++) distance += (latents[decision * now.length + i]! - now[i]!) ** 2;
    if (distance < nearest.distance) nearest = { episode, decision, distance };
  }
  return nearest;
}

/** At a decision, or at the last one where it ended before. */
function latentAt({ goal, latents }: Episode, decision: number): Latent {
  const at = Math.min(decision * goal.length, latents.length - goal.length);
  return latents.subarray(at, at + goal.length);
}

/** What was done from there on; where it ended before, the arm stays where it is and its switches as they are. */
function actionsFrom({ episode, decision }: Moment, horizon: number, actionDim: number, isSwitch: (axis: number) => boolean): Float32Array {
  const last = episode.actions.length / actionDim - 1;
  return Float32Array.from({ length: horizon * actionDim }, (_, i) => {
    const [step, axis] = [decision + Math.floor(i / actionDim), i % actionDim];
    return step > last && !isSwitch(axis) ? 0 : episode.actions[Math.min(step, last) * actionDim + axis]!;
  });
}

function criticGraph({ spec, networks }: ModelPackage, rows: number): Uint8Array {
  const g = new Graph("recall");
  const [latent, goal] = [g.input("from", "float32", [rows, spec.latentDim]), g.input("to", "float32", [rows, spec.latentDim])];
  g.output("cost", g.inline(importModel(networks.critic, `${spec.name} critic`), { latent, goal })["cost"]!);
  return g.toBytes();
}
