/** What stands for encoder, world model and planner while an arm plays: the place of its own tool, addition, and a player. */

import type { GoalParts } from "../../../runtime/assemble/brain.ts";
import type { ActionAxis, AxisName } from "../../../runtime/core/model.ts";
import type { Solver } from "../../../runtime/core/planning.ts";
import type { ScriptedPlayer, Sight } from "../../../runtime/core/play.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { memoryless } from "../../../runtime/encode/memoryless.ts";
import { flatSubgoal } from "../../../runtime/plan/flat-subgoal.ts";

export interface PlayPartsOptions {
  /** Sees things in a simulation alone, and there only when it is scripted. */
  readonly player: ScriptedPlayer;
  readonly action: readonly ActionAxis[];
  /** Called once per decision, before it is decided. */
  readonly look: (observation: Observation) => Promise<Sight>;
}

export type PlayParts = GoalParts;

const SPACE: readonly AxisName[] = ["x", "y", "z"];
const NOWHERE: Vec3 = [0, 0, 0];
const NOTHING = new Float32Array(0);

/** The latent is the tool point in metres, shape (3): what is under way when a decision takes effect is added to it. */
export function playParts({ player, action, look }: PlayPartsOptions): PlayParts {
  let sight: Sight = { toolM: NOWHERE, objects: {} };
  const solver: Solver = {
    name: "play",
    budget: { samples: 1, iterations: 1, horizon: 1, deadlineMs: 0 },
    async plan({ latent }) {
      const wanted = player({ ...sight, toolM: [latent[0]!, latent[1]!, latent[2]!] });
      return {
        actions: Float32Array.from(action, ({ name }) => wanted[name] ?? 0),
        predicted: latent,
        horizon: 1,
        cost: 0,
        costTerms: {},
        violation: 0,
        stats: { modelCalls: 0, iterations: 1, samples: 1, eliteCostMean: 0 },
      };
    },
    async [Symbol.asyncDispose]() {},
  };
  return {
    solver,
    believer: memoryless({
      async encode(observation) {
        sight = await look(observation);
        return Float32Array.from(sight.toolM);
      },
    }),
    async imagine(latent, done) {
      const moved = latent.slice();
      for (const [i, { name, scale }] of action.entries()) {
        const axis = SPACE.indexOf(name);
        if (axis >= 0) moved[axis]! += done[i]! * scale;
      }
      return moved;
    },
    judge: async () => ({ criticCost: null, toolToGoalM: null, objectToGoalM: null }),
    goal: { latent: NOTHING, positionM: NOWHERE },
    subgoal: flatSubgoal,
    imaginedToolM: ({ predicted }) => predicted,
  };
}
