/** Where a skill is practised: one simulated robot and one crew for all rounds; the planner plays and teaches, the policy plays and is taught. */

import type { Brain } from "../../runtime/assemble/brain.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { Lesson } from "../../runtime/learn/practice.ts";
import { simSection } from "../backends/sim/backend.ts";
import type { Blueprint } from "../blueprint.ts";
import { openAgent, openCrew } from "../compose.ts";
import { type EvaluationReport, evaluate } from "../measure/evaluate.ts";
import { skillsOf, trialNameOf, trialSpecOf } from "../task-facts.ts";
import { createCoach } from "./coach.ts";

export interface GymIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Seeds of the comparison: those of development. */
const COMPARE_SEED = 600;

/** Throws `launch.invalid` when the task has no skill with goal pictures, or the backend cannot be put at the start of an episode. */
export async function openGym(blueprint: Blueprint, io: GymIo) {
  const { config, model } = blueprint;
  const skill = skillsOf(config.task)[0];
  if (!skill?.success.image) throw new AgentError("launch.invalid", "task: names no skill with goal pictures; practise needs one");
  simSection(config, "practise needs the simulator");
  const task = trialNameOf(config);
  const trial = trialSpecOf(config);
  if (!task || !trial) throw new AgentError("launch.invalid", "task: names no skill that trials are drawn for; practise needs one");
  const { threshold } = skill.success.image;
  const crew = await openAgent(blueprint);
  const { opened } = crew;
  const { world } = opened;
  invariant(world, "the simulator has a world");
  const openBrain = async (trained: ModelPackage, policy: "mode2" | "mode1"): Promise<Brain & AsyncDisposable> => {
    const other = await openCrew({ ...blueprint, model: trained, config: { ...config, planner: { ...config.planner, policy } } });
    const brain = await other.brain(skill, "image", false);
    return {
      ...brain,
      async [Symbol.asyncDispose]() {
        await brain[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
      },
    };
  };
  const run = (brain: Brain, policy: string, seed: number, episodes: number, onEpisode?: Parameters<typeof evaluate>[0]["onEpisode"]) =>
    evaluate({
      task,
      trial,
      draw: (each) => crew.trial(trial, each),
      world,
      policy,
      episodes,
      seed,
      decisionsMax: skill.limits.decisions,
      opened,
      brain,
      body: crew.body,
      stopwatch: new SystemClock(),
      senses: crew.senses,
      signal: io.signal,
      onEpisode(episode, done, seen) {
        io.signal.throwIfAborted();
        io.progress(`${policy}: ${done} of ${episodes} episodes`);
        onEpisode?.(episode, done, seen);
      },
    });
  return {
    model,
    /** Plays episodes and appends what the teacher did, or would have done; returns how many episodes were kept. */
    async lessons(lessons: Lesson[], policy: Uint8Array | null, seed: number, episodes: number): Promise<number> {
      await using teacher = await openBrain(model, "mode2");
      await using student = policy ? await openBrain({ ...model, networks: { ...model.networks, policy } }, "mode1") : null;
      const coach = createCoach(teacher.solver, student?.solver ?? null, model.spec.latentDim - model.spec.proprioception.length, lessons);
      let kept = 0;
      const coached: Brain = { ...teacher, towards: async (goal) => ({ ...(await teacher.towards(goal)), solver: coach }) };
      await run(coached, student ? "policy, coached" : "planner", seed, episodes, ({ criticCost }) => {
        const keep = student !== null || (criticCost !== null && criticCost < threshold); // Its own opinion: nobody tells it the truth.
        if (keep) kept++;
        coach.endEpisode(keep);
      });
      return kept;
    },
    async evaluate(trained: ModelPackage, policy: "mode2" | "mode1", episodes: number): Promise<EvaluationReport> {
      await using brain = await openBrain(trained, policy);
      return await run(brain, policy, COMPARE_SEED, episodes);
    },
    async [Symbol.asyncDispose]() {
      await crew[Symbol.asyncDispose]();
    },
  };
}
