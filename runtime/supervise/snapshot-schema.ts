/** What a stored snapshot must look like to be gone on with. The states of the statecharts are checked against the statecharts themselves. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { agentMachine } from "./agent-machine.ts";
import { findSkill } from "./check-task.ts";
import { skillMachine } from "./skill-machine.ts";
import type { SupervisorSnapshot } from "./snapshot.ts";
import type { Setting } from "./step.ts";
import { taskMachine } from "./task-machine.ts";
import { nodeAt, taskTreeSchema } from "./task-tree.ts";

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
  node: z.strictObject({ skill: z.string(), goal: z.unknown(), retries: count }),
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
const snapshot = z.strictObject({
  nowMs: ms,
  agent,
  tree: taskTreeSchema,
  task: z.enum(["none", "running", "succeeded", "failed", "stopped"]),
  run: z
    .strictObject({
      at: z.strictObject({
        value,
        context: z.strictObject({
          attempts: z.record(z.string(), count),
          result: z.enum(["succeeded", "failed", "stopped"]),
          reason: z.string(),
        }),
      }),
      skills: z.array(skill),
    })
    .nullable(),
  deadlines: z.array(z.strictObject({ owner, id: z.string(), dueMs: z.number() })),
  heldSinceMs: ms.nullable(),
  healthyInARow: count,
  ignoredInARow: count,
  holds: count,
});

/** A snapshot that can be gone on with among these skills, or why it cannot. */
export function readSnapshot(data: unknown, skills: Setting["skills"]): SupervisorSnapshot | string {
  const read = snapshot.safeParse(data);
  if (!read.success) return `it is not a state of this version: ${z.prettifyError(read.error)}`;
  const left = read.data as SupervisorSnapshot;
  try {
    checkPlace(left, skills);
    return left;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Throws when a statechart does not know where it is said to stand, or a skill in progress is not the task's. */
function checkPlace({ agent: { value, context }, tree, run }: SupervisorSnapshot, skills: Setting["skills"]): void {
  agentMachine.resolveState({ value: value as "idle", context });
  if (run === null) return;
  taskMachine(tree).resolveState(run.at);
  for (const { path, node, at } of run.skills) {
    skillMachine.resolveState(at as Parameters<typeof skillMachine.resolveState>[0]);
    findSkill(node, skills);
    if (!isDeepStrictEqual(nodeAt(tree, path), node)) throw new Error(`the skill at "${path}" is not the one of its task`);
  }
}
