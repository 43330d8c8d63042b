/** A supervisor of tasks of one skill, `reach`, on a clock that is moved by hand: what its tests share. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { ManualClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Skill } from "../../runtime/core/skill.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";
import type { SupervisorSnapshot } from "../../runtime/supervise/snapshot.ts";
import { createSupervisor } from "../../runtime/supervise/supervisor.ts";
import type { Intent, SupervisorOptions } from "../../runtime/supervise/supervisor-types.ts";
import type { GoalSpec, SkillNode, TaskNode } from "../../runtime/supervise/task-tree.ts";

export const reach: Skill = {
  name: "reach",
  description: "For the tests.",
  axes: null,
  toolHeightM: null,
  goals: ["tool"],
  terms: {},
  constraints: [],
  success: { tool: { test: "tool-within", threshold: 0.02, unit: "m", steps: 2 } },
  limits: { decisions: 5, timeoutS: 4 },
};
export const goal: GoalSpec = { kind: "tool", positionM: [0.5, 0, 0.2] };
export const leaf = (retries = 0): SkillNode => ({ skill: "reach", goal, retries });
/** Measures of a decision this far from the goal, metres. */
export const at = (toolToGoalM: number) => ({ criticCost: null, toolToGoalM, objectToGoalM: null });
export const stale = new AgentError("sense.stale", "camera front: 900 ms old, at most 250 ms.");
export const late = new AgentError("plan.late", "plan: 230 ms, at most 150 ms.");

/** A supervisor and what it said; `left` and `keep` as in its options. */
export function begin(
  task: TaskNode = leaf(),
  left: SupervisorSnapshot | null = null,
  keep: (snapshot: SupervisorSnapshot) => void = () => {},
  more: Partial<SupervisorOptions> = {},
) {
  const clock = new ManualClock(1_000_000_000n); // Of another process: its zero is somewhere else.
  const supervisor = createSupervisor({ clock, skills: { reach }, task, left, keep, ...more });
  const intents: Intent[] = [];
  const states: SupervisorState[] = [];
  supervisor.intents.subscribe((intent) => intents.push(intent));
  supervisor.states.subscribe((state) => states.push(state));
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await setImmediate(); // Lets the clock's promises run.
  };
  const run = (): void => {
    supervisor.booted();
    assert.equal(supervisor.command("start"), null);
  };
  const act = (path = ""): void => {
    run();
    supervisor.prepared(path);
  };
  return { supervisor, intents, states, pass, run, act, types: () => intents.map((intent) => intent.type) };
}

/** What a process leaves that is killed now, as the next one reads it. */
export const leftBy = ({ supervisor }: ReturnType<typeof begin>) => JSON.parse(JSON.stringify(supervisor.snapshot)) as SupervisorSnapshot;

/** A more urgent task: elsewhere. */
export const park: TaskNode = { skill: "reach", goal: { kind: "tool", positionM: [0.3, 0, 0.4] }, retries: 0 };
