/** The thinking parts of an agent from a model that is a plain object of functions: no networks, no package, no worker. */
import type { Latent } from "../core/planning.ts";
import type { Observation } from "../core/sensing.ts";
import type { Vec3 } from "../core/vec3.ts";
import { memoryless } from "../encode/memoryless.ts";
import { flatSubgoal } from "../plan/flat-subgoal.ts";
import type { GoalParts } from "./brain.ts";

export interface OwnModel {
  /** What was seen, as numbers of one's own choice, shape (latentDim). */
  encode(observation: Observation): ArrayLike<number>;
  /** Where an action leads, shape (latentDim); the action of shape (actionDim), each in [-1, 1]. */
  imagine(latent: Latent, action: Float32Array): ArrayLike<number>;
  /** What to do next, shape (actionDim); it is clipped to [-1, 1]. */
  act(latent: Latent): ArrayLike<number>;
  /** How far the tool is from its goal, metres. */
  toolToGoalM(latent: Latent): number;
  /** Where the tool is in a latent, metres, for whoever looks. */
  toolM(latent: Latent): Vec3;
}

export function mindOf(model: OwnModel): GoalParts {
  const believer = memoryless({ encode: async (observation) => Float32Array.from(model.encode(observation)) });
  const imagine: GoalParts["imagine"] = async (latent, action) => Float32Array.from(model.imagine(latent, action));
  return {
    believer,
    imagine,
    solver: {
      name: "own",
      budget: { samples: 1, iterations: 1, horizon: 1, deadlineMs: 0 },
      async plan({ latent }) {
        const actions = Float32Array.from(model.act(latent), (value) => Math.max(-1, Math.min(1, value)));
        const predicted = await imagine(latent, actions);
        const stats = { modelCalls: 1, iterations: 1, samples: 1, eliteCostMean: 0 };
        return { actions, predicted, horizon: 1, cost: 0, costTerms: {}, violation: 0, stats };
      },
      async [Symbol.asyncDispose]() {},
    },
    judge: async (latent) => ({ criticCost: null, objectToGoalM: null, toolToGoalM: model.toolToGoalM(latent) }),
    goal: { latent: new Float32Array(0), positionM: [0, 0, 0] },
    subgoal: flatSubgoal,
    imaginedToolM: ({ predicted }) => Float32Array.from(model.toolM(predicted)),
  };
}
