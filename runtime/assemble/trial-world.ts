/** A robot that answers questions about its world, as a typed world. */
import { parseWorldState, type Trial, type TrialStart, type TrialWorld } from "../core/trial.ts";

/** `ask` reaches the driver, in this process or in the keeper's; `canDraw`: it also knows "draw". */
export function trialWorld(ask: (name: string, payload?: unknown) => Promise<unknown>, canDraw = false): TrialWorld {
  return {
    async reset(trial: Trial): Promise<TrialStart> {
      const { goalFrames, truth } = (await ask("reset", trial)) as TrialStart; // Our own driver's, over a private channel.
      return { goalFrames, truth: parseWorldState(truth) };
    },
    truth: async () => parseWorldState(await ask("truth")),
    ...(canDraw ? { draw: async (pathM, goalM) => void (await ask("draw", { pathM, goalM })) } : {}),
  };
}
