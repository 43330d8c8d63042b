/** What a run remembers of its attempts: the launch file's `memory`, read at the start, added to whenever an attempt is over. */
import { resolve } from "node:path";
import type { GoalParts } from "../../runtime/assemble/brain.ts";
import { type Attempt, takeDown } from "../../runtime/assemble/take-down.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Skill } from "../../runtime/core/skill.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { type Memory, openMemory } from "../../runtime/remember/memory.ts";
import type { Remembered } from "../../runtime/remember/recall.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import type { LaunchConfig } from "../config/schema.ts";

export interface KeptEpisodes extends Remembered, Disposable {
  /** An attempt begins. */
  begins(skill: Skill, parts: Pick<GoalParts, "goal" | "recall">): void;
  add(tick: Tick): void;
  /** It has made its last decision. */
  ends(): void;
}

/** Null where the launch file has none. Of a recording nothing is read or kept: it holds what was offered then. Throws AgentError `state.unwritable`. */
export function openEpisodes({ config, model }: Blueprint, say: (line: string) => void): KeptEpisodes | null {
  const { memory: section } = config;
  if (!section) return null;
  const isRecorded = backendOf(config).facts.provenance === "recorded";
  const memory = isRecorded ? null : memoryOf(section, model, say);
  let attempt: Attempt | null = null;
  return {
    candidates: section.candidates,
    get episodes() {
      return memory?.episodes ?? [];
    },
    begins(skill, { goal, recall }) {
      const success = skill.success.image;
      attempt = memory && recall && success ? takeDown({ modelHash: model.modelHash, goal: goal.latent, skill, success }) : null;
    },
    add: ({ decision }) => attempt?.add(decision),
    ends() {
      const episode = attempt?.episode();
      attempt = null;
      if (episode) keep(memory, episode, say);
    },
    [Symbol.dispose]: () => memory?.[Symbol.dispose](),
  };
}

/** The folder of a launch file, opened for its model. Throws AgentError `state.unwritable`. */
export function memoryOf(
  { folder, episodes: episodesMax }: NonNullable<LaunchConfig["memory"]>,
  { modelHash, spec }: Blueprint["model"],
  say: (line: string) => void,
): Memory {
  const { latentDim, axes } = spec;
  const memory = openMemory({ folder: resolve(folder), modelHash, latentDim, actionDim: axes.length, episodesMax });
  for (const line of memory.said) say(`memory: ${line}`);
  say(`memory: ${memory.episodes.length} episodes of this model in ${folder}`);
  return memory;
}

/** A disk that is full costs an episode, not the task. */
function keep(memory: Memory | null, episode: Parameters<Memory["keep"]>[0], say: (line: string) => void): void {
  try {
    memory?.keep(episode);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    say(`memory: ${error.message}`);
  }
}
