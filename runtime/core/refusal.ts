/** Why a decision came to no motion, as the errors of the world that the supervisor decides on. */
import { AgentError } from "./errors.ts";
import type { Tick } from "./tick.ts";

/** A guard's stop. */
export const refusal = ({ decision: { index, why } }: Tick): AgentError => {
  const isTooOld = why.every((each) => each.startsWith("freshness"));
  const remedy = isTooOld ? "if that goes on, lower planner.samples or give it more of the machine" : "if that goes on, move the goal";
  return new AgentError(
    "guard.stop",
    `decision ${index}: its motion was refused (${why.join("; ")}); it was not sent, and the next decision plans anew; ${remedy}`,
  );
};

/** `lateMs`: since its motion should have begun. */
export const late = (index: number, lateMs: number): AgentError =>
  new AgentError(
    "plan.late",
    `decision ${index}: its motion should have begun ${lateMs.toFixed(1)} ms ago, must be 0 ms or more ahead; lower planner.samples or raise planner.deadlineMs`,
  );
