/** How a training spends its time and what goals it relabels with, by how a planner is to use the model. */
import type { GoalMix } from "./latent-data.ts";

/** `one`: a planner that searches towards the goal; `two`: one that samples subgoals and follows a prior over actions, which are trained as well. */
export const LEVELS = ["one", "two"] as const;
export type Levels = (typeof LEVELS)[number];

const PHASES = ["encoder", "predictor", "critic", "policy", "probe", "uncertainty", "prior", "subgoal"] as const;
export type PhaseName = (typeof PHASES)[number];

/** Marks a phase's chance. */
export const phaseIndex = (name: PhaseName): number => PHASES.indexOf(name);

export interface Recipe {
  /** Of the time budget; together 1. The encoder is the cost; the rest trains on frozen latents. */
  readonly shares: Readonly<Record<PhaseName, number>>;
  readonly criticGoals: GoalMix;
  readonly policyGoals: GoalMix;
}

/** Of a student that learns to see from a twin: the other networks know already what they are for, and get used to what it sees. */
export const STUDENT_SHARES: Recipe["shares"] = {
  encoder: 0.76,
  predictor: 0.05,
  critic: 0.06,
  policy: 0.02,
  probe: 0.01,
  uncertainty: 0.01,
  prior: 0.04,
  subgoal: 0.05,
};

export const RECIPES: Readonly<Record<Levels, Recipe>> = {
  /** Every shipped model was made with it. */
  one: {
    shares: { encoder: 0.68, predictor: 0.11, critic: 0.13, policy: 0.04, probe: 0.02, uncertainty: 0.02, prior: 0, subgoal: 0 },
    criticGoals: { future: 0.6, random: 0.3 },
    policyGoals: { future: 0.75, random: 0.25 },
  },
  /** Half of the policy's goals are near, since it acts towards subgoals too; goals with the hand alike teach the value to look at the thing. */
  two: {
    shares: { encoder: 0.4, predictor: 0.1, critic: 0.2, policy: 0.08, probe: 0.015, uncertainty: 0.015, prior: 0.08, subgoal: 0.11 },
    criticGoals: { future: 0.55, random: 0.15, alike: 0.2 },
    policyGoals: { near: 0.45, future: 0.35, random: 0.1, alike: 0.1 },
  },
};
