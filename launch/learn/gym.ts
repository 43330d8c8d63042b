/** Where a skill is practised: one simulated robot and one crew for all rounds; the planner plays and teaches, the policy plays and is taught. */

import type { Brain } from "../../runtime/assemble/brain.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { Lesson } from "../../runtime/learn/practice.ts";
import { simSection } from "../backends/sim/backend.ts";
import type { Blueprint } from "../blueprint.ts";
import { openAgent, openCrew } from "../compose.ts";
import { type EvaluationReport, type Examination, evaluate, playEpisode } from "../measure/evaluate.ts";
import { skillsOf, trialNameOf, trialSpecOf } from "../task-facts.ts";
import { createCoach } from "./coach.ts";

export interface GymIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Plays episodes that teach. */
export interface Classroom extends AsyncDisposable {
  /** What the teacher did, or would have done, in the episode of a seed; null for one from which nothing is learned. A function of the seed alone. */
  taught(seed: number, signal: AbortSignal): Promise<readonly Lesson[] | null>;
}

export interface Gym extends AsyncDisposable {
  /** The planner acts, or this policy, which the planner coaches. */
  openClassroom(policy: Uint8Array | null): Promise<Classroom>;
  /** Success on the seeds of development. */
  evaluate(trained: ModelPackage, policy: "mode2" | "mode1", episodes: number, io: GymIo): Promise<EvaluationReport>;
}

/** Seeds of the comparison: those of development. */
const COMPARE_SEED = 600;

/** Throws `launch.invalid` when the task has no skill with goal pictures, or the backend cannot be put at the start of an episode. */
export async function openGym(blueprint: Blueprint): Promise<Gym> {
  const { config, model } = blueprint;
  const skill = skillsOf(config.task)[0];
  if (!skill?.success.image)
    throw new AgentError("launch.invalid", "task: names no skill with goal pictures; practise with a launch file whose task has one");
  simSection(config, "practise needs the simulator");
  const task = trialNameOf(config);
  const trial = trialSpecOf(config);
  if (!task || !trial)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill that trials are drawn for; practise with a launch file whose task has one",
    );
  const { threshold } = skill.success.image;
  const crew = await openAgent(blueprint);
  const { opened, body, senses } = crew;
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
  const examinationOf = (brain: Brain, policy: string): Examination => ({
    ...{ task, trial, world, policy, opened, brain, body, senses },
    draw: (seed) => crew.trial(seed),
    decisionsMax: skill.limits.decisions,
    stopwatch: new SystemClock(),
  });
  return {
    async openClassroom(policy) {
      const teacher = await openBrain(model, "mode2");
      let student: Awaited<ReturnType<typeof openBrain>> | null = null;
      try {
        if (policy) student = await openBrain({ ...model, networks: { ...model.networks, policy } }, "mode1");
      } catch (error) {
        await teacher[Symbol.asyncDispose]();
        throw error;
      }
      const coach = createCoach(teacher.solver, student?.solver ?? null, model.spec.latentDim - model.spec.proprioception.length);
      const coached: Brain = { ...teacher, towards: async (goal) => ({ ...(await teacher.towards(goal)), solver: coach }) };
      const examination = examinationOf(coached, coach.name);
      return {
        async taught(seed, signal) {
          coach.endEpisode(); // Of one that was cut off nothing stays.
          const { criticCost } = (await playEpisode(examination, seed, signal)).result;
          signal.throwIfAborted();
          const isKept = student !== null || (criticCost !== null && criticCost < threshold); // Its own opinion: nobody tells it the truth.
          return isKept ? coach.endEpisode() : null;
        },
        async [Symbol.asyncDispose]() {
          await student?.[Symbol.asyncDispose]();
          await teacher[Symbol.asyncDispose]();
        },
      };
    },
    async evaluate(trained, policy, episodes, { progress, signal }) {
      await using brain = await openBrain(trained, policy);
      return await evaluate({
        ...examinationOf(brain, policy),
        ...{ episodes, seed: COMPARE_SEED, signal },
        onEpisode(_, done) {
          signal.throwIfAborted();
          progress(`${policy}: ${done} of ${episodes} episodes`);
        },
      });
    },
    [Symbol.asyncDispose]: () => crew[Symbol.asyncDispose](),
  };
}
