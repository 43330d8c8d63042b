/** What an error leads to now: the table's decision within the bounds on how often, and whether a person must end it. */
import type { ErrorCode } from "../core/errors.ts";
import type { Decision } from "../core/supervision.ts";
import { decisionOn } from "./decide.ts";
import { isUnderWay, type SupervisorSnapshot } from "./snapshot.ts";

/** Ignored errors without a sound decision between them; the next one holds. */
export const IGNORED_IN_A_ROW_MAX = 10;
/** Automatic holds of one task; the next one stops. */
export const HOLDS_MAX = 20;
/** Errors of arm, senses and bridges: they tell of the world, not of what the agent thought of. */
const OF_THE_WORLD = /^(?:sense|robot|bridge)\./;

/** An error as data; without a code it is a bug. */
export interface FaultReport {
  readonly code: ErrorCode | null;
  readonly message: string;
}

/** What follows an error now. */
export function decideNow({ agent, ignoredInARow, holds }: SupervisorSnapshot, { code }: FaultReport): Decision {
  const decision = decisionOn(code);
  const ignoredTooOften = decision.reaction === "ignore" && ignoredInARow >= IGNORED_IN_A_ROW_MAX;
  if (!ignoredTooOften && decision.reaction !== "hold") return decision;
  if (agent.value === "running" && holds >= HOLDS_MAX)
    return { reaction: "stop", reason: `The task was held ${HOLDS_MAX} times already, so a person must look.` };
  if (!ignoredTooOften) return decision;
  return { reaction: "hold", reason: `This was ignored ${IGNORED_IN_A_ROW_MAX} times in a row, so the arm rests.` };
}

/**
 * Only a person ends what a person began: so a hold that must wait for one counts as a person's (`resume`: "operator").
 * What disturbs before the arm may move does not.
 */
export function byWhom(snapshot: SupervisorSnapshot, { code }: FaultReport, resume: "operator" | "self"): "operator" | "fault" {
  if (code === null) return "fault";
  const waits = resume === "operator" && isUnderWay(snapshot) && OF_THE_WORLD.test(code) && decisionOn(code).reaction === "hold";
  return waits || code === "stop.operator" ? "operator" : "fault";
}
