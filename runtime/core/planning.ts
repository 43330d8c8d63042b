/** The words of imagining and planning: latents, beliefs, goals, rollouts, plans, and the interfaces of encoder, believer, world model and solver. */
import type { Rng } from "./rng.ts";
import type { Frame, Observation } from "./sensing.ts";
import type { Vec3 } from "./vec3.ts";

// Whatever runs a model takes a signal, and throws its reason as soon as it aborts.

/** A latent state, shape (latentDim), unit-free. */
export type Latent = Float32Array;

/** What was believed at the observation before, and what was commanded since, for an encoder that remembers. */
export interface Memory {
  /** Shape (latentDim). */
  readonly before: Latent;
  /** Shape (actionDim), action units. */
  readonly moved: Float32Array;
}

export interface Encoder {
  /** `memory`: null or left out where nothing is remembered. */
  encode(observation: Observation, signal?: AbortSignal, memory?: Memory | null): Promise<Latent>;
  /** Encodes goal pictures; the part of the latent that holds proprioception is zero. */
  encodeGoal(frames: readonly Frame[], signal?: AbortSignal): Promise<Latent>;
}

/** What the agent believes of the world at an observation. */
export interface Belief {
  /** Where imagination starts from; what a believer remembers is in it. */
  readonly latent: Latent;
}

/** What was commanded from that instant to the observation, shape (actionDim), action units. */
export type MovedSince = (stampNs: bigint) => Float32Array;

/** Turns observations, one after another, into beliefs; what it remembers lasts until it is reset. */
export interface Believer {
  /** Forgets everything: an attempt begins. */
  reset(): void;
  /** Observations come in the order of their stamps; any time may have passed in between. Throws as Encoder.encode. */
  update(observation: Observation, signal?: AbortSignal, movedSince?: MovedSince): Promise<Belief>;
}

/** What plans are made towards. */
export interface Aim {
  /** Shape (latentDim), proprioception zero. */
  readonly latent: Latent;
  /** Metres, for terms that use one (tool or object), else zeros. */
  readonly positionM: Vec3;
}

/** What this decision plans towards on the way to the goal; asked every decision. */
export type Subgoal = (belief: Belief, goal: Aim, signal?: AbortSignal) => Promise<Aim>;

/** One imagined future: predicted latents of shape (samples, horizon, latentDim). */
export interface Rollout {
  readonly latents: Float32Array;
  /** Shape (samples, horizon), unit-free; zero when the model has no ensemble. */
  readonly uncertainty: Float32Array;
}

export interface WorldModel {
  readonly latentDim: number;
  readonly actionDim: number;
  /** Candidates of shape (samples, horizon, actionDim) in [-1, 1]. */
  rollout(latent: Latent, candidates: Float32Array, samples: number, horizon: number, signal?: AbortSignal): Promise<Rollout>;
}

export interface Budget {
  readonly samples: number;
  readonly iterations: number;
  readonly horizon: number;
  readonly deadlineMs: number;
}

export interface PlanRequest {
  readonly latent: Latent;
  readonly goal: Latent;
  /** Goal position in metres for terms that use one (tool or object), else zeros. */
  readonly goalPositionM: Vec3;
  /** Previous plan shifted by one step, shape (horizon, actionDim), or null for none. */
  readonly warmStart: Float32Array | null;
  /** What the plan before went towards, and for how many decisions; absent or null where nothing goes on. */
  readonly kept?: { readonly subgoal: Latent; readonly decisions: number } | null;
  /** Action sequences from outside, each of shape (horizon, actionDim), that compete with what the solver finds; it takes as many as it was opened for. */
  readonly offered?: readonly Float32Array[] | undefined;
  /** The world is not as the plan before imagined it: what was kept is chosen anew, and nothing acts by habit. Default false. */
  readonly isSurprised?: boolean;
  /** So many candidates, where a recording says how many there were; absent, the solver chooses. */
  readonly candidates?: number | undefined;
}

export interface Plan {
  /** Shape (horizon, actionDim), each in [-1, 1]. */
  readonly actions: Float32Array;
  /** Predicted latents after each action, shape (horizon, latentDim). */
  readonly predicted: Float32Array;
  readonly horizon: number;
  /** What it goes towards first on the way to the goal, shape (latentDim), proprioception zero; absent where the planner has no such thing. */
  readonly subgoal?: Latent;
  /** Decisions that were planned towards it so far, this one included; absent as it is. */
  readonly subgoalDecisions?: number;
  /** Who proposed what was chosen, where several do. */
  readonly decider?: "prior" | "habit" | "warm-start" | "refit" | "memory";
  readonly cost: number;
  /** Weighted cost of the plan by term name. */
  readonly costTerms: Readonly<Record<string, number>>;
  /** Largest constraint violation of the plan; feasible when <= 0. */
  readonly violation: number;
  readonly stats: { readonly modelCalls: number; readonly iterations: number; readonly samples: number; readonly eliteCostMean: number };
}

export interface Solver extends AsyncDisposable {
  readonly name: string;
  readonly budget: Budget;
  plan(request: PlanRequest, rng: Rng, signal?: AbortSignal): Promise<Plan>;
}
