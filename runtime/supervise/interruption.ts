/** What a supervisor is after its process ended in the middle of something: the place in the task is kept, and nothing moves before a person says so. */
import { agentMachine } from "./agent-machine.ts";
import { describe, describeActivity, initialSnapshot, rested, type SkillRun, type SupervisorSnapshot } from "./snapshot.ts";
import { begin } from "./statechart.ts";
import type { TaskNode } from "./task-tree.ts";

/**
 * With a task in hand the agent comes back holding, once it has booted; after a fault's stop it comes back faulted. Otherwise it begins
 * with `tree`: who starts the process anew has looked at an arm that they stopped themselves.
 */
export function afterInterruption(left: SupervisorSnapshot, tree: TaskNode): SupervisorSnapshot {
  if (left.run !== null) return withTaskInHand(left, left.run.skills);
  const { value, context } = left.agent;
  const fresh = { ...initialSnapshot(tree), nowMs: left.nowMs };
  const isFaulted = value === "faulted" || (value === "stopping" && context.by === "fault");
  return isFaulted ? { ...fresh, agent: { value: "faulted", context: stillFaulted(context) } } : fresh;
}

function withTaskInHand(left: SupervisorSnapshot, skills: readonly SkillRun[]): SupervisorSnapshot {
  return {
    ...left,
    agent: begin(agentMachine, { interrupted: describeActivity(describe(left)) }).at,
    run: left.run && { ...left.run, skills: skills.map(rested) },
    deadlines: left.deadlines.filter(({ owner }) => owner.kind !== "agent"),
    heldSinceMs: left.heldSinceMs ?? left.nowMs,
    healthyInARow: 0,
    ignoredInARow: 0,
  };
}

const BEFORE = "Before the process ended: ";

const stillFaulted = (context: SupervisorSnapshot["agent"]["context"]): typeof context => ({
  ...context,
  reason: context.reason.startsWith(BEFORE) ? context.reason : `${BEFORE}${context.reason}`,
  booted: false,
});
