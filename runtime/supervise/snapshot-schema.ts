/** What a stored snapshot must look like to be gone on with. The states of the statecharts are checked against the statecharts themselves. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { objections } from "../core/objections.ts";
import { agentMachine } from "./agent-machine.ts";
import { findSkill, type Known } from "./check-task.ts";
import { skillMachine } from "./skill-machine.ts";
import type { SkillRun, SupervisorSnapshot } from "./snapshot.ts";
import { taskMachine } from "./task-machine.ts";
import { nodeAt, type TaskNode, taskTreeSchema, URGENCY_MAX } from "./task-tree.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative();
const value = z.union([z.string(), z.record(z.string(), z.unknown())]);
const path = z.string().regex(/^(\d+(\/\d+)*)?$/);

const agent = z.strictObject({
  value: z.enum(["booting", "idle", "running", "holding", "stopping", "stopped", "faulted"]),
  context: z.strictObject({
    reason: z.string(),
    by: z.enum(["operator", "fault"]).nullable(),
    booted: z.boolean(),
    interrupted: z.string().nullable(),
  }),
});
const skill = z.strictObject({
  path,
  node: z.record(z.string(), z.unknown()), // The same as the one in its tree, which is checked.
  preparation: z.enum(["none", "begun", "done"]),
  firstValue: z.number().nullable(),
  progress: z.number().min(0).max(1),
  at: z.strictObject({
    value,
    context: z.strictObject({
      name: z.string(),
      decisionsMax: count,
      timeoutMs: ms,
      successSteps: count,
      retriesMax: count,
      asks: z.enum(["never", "first", "every"]),
      confirmed: z.boolean(),
      decisions: count,
      metInARow: count,
      retries: count,
      succeeded: z.boolean(),
      reason: z.string(),
    }),
  }),
});
const owner = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["agent", "task"]) }),
  z.strictObject({ kind: z.literal("skill"), path }),
]);
const deadlines = z.array(z.strictObject({ owner, id: z.string(), dueMs: z.number() }));
const run = z.strictObject({
  at: z.strictObject({
    value,
    context: z.strictObject({
      attempts: z.record(z.string(), count),
      result: z.enum(["succeeded", "failed", "stopped"]),
      reason: z.string(),
    }),
  }),
  skills: z.array(skill),
});
const urgency = z.int().min(0).max(URGENCY_MAX);
const snapshot = z.strictObject({
  nowMs: ms,
  agent,
  tree: taskTreeSchema,
  task: z.enum(["none", "running", "succeeded", "failed", "stopped"]),
  run: run.nullable(),
  urgency,
  preempted: z.array(z.strictObject({ tree: taskTreeSchema, run: run.nullable(), urgency, deadlines, sinceMs: ms })).max(URGENCY_MAX),
  deadlines,
  heldSinceMs: ms.nullable(),
  healthyInARow: count,
  ignoredInARow: count,
  holds: count,
});

/** A snapshot that can be gone on with among these skills, or why it cannot. */
export function readSnapshot(data: unknown, known: Known): SupervisorSnapshot | string {
  const read = snapshot.safeParse(data);
  if (!read.success) return `it is not a state of this version: ${objections(read.error)}`;
  const left = read.data as unknown as SupervisorSnapshot;
  try {
    checkPlaces(left, known);
    return left;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Throws when a statechart does not know where it is said to stand, or a skill in progress is not its task's. */
function checkPlaces({ agent: { value, context }, tree, run, preempted }: SupervisorSnapshot, known: Known): void {
  agentMachine.resolveState({ value: value as "idle", context });
  for (const each of [{ tree, run }, ...preempted]) {
    if (each.run === null) continue;
    taskMachine(each.tree).resolveState(each.run.at);
    for (const skill of each.run.skills) checkSkill(skill, each.tree, known);
  }
}

function checkSkill({ path, node, at }: SkillRun, tree: TaskNode, known: Known): void {
  if (!isDeepStrictEqual(nodeAt(tree, path), node)) throw new Error(`the skill at "${path}" is not the one of its task`);
  findSkill(node, known);
  skillMachine.resolveState(at as Parameters<typeof skillMachine.resolveState>[0]);
}
