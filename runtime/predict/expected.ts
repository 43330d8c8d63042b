/** What a decision expects of the next one, given what was done: what its plan imagined, or, where less was done than planned, what follows from that. */
import type { Latent } from "../core/planning.ts";
import type { Tick } from "../core/tick.ts";

/** Of an action's entries; arms that are slowed down do half. */
const ALIKE = 0.1;

/** Null where nothing was planned. */
export async function expectedNext(
  { plan, action, executedAction, latent }: Pick<Tick["decision"], "plan" | "action" | "executedAction" | "latent">,
  imagine: (latent: Latent, action: Float32Array) => Promise<Latent>,
): Promise<Latent | null> {
  if (plan === null) return null;
  const isDone = executedAction.every((value, i) => Math.abs(value - action[i]!) <= ALIKE);
  return isDone ? plan.predicted.subarray(0, latent.length) : imagine(latent, executedAction);
}
