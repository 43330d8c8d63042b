/** What the end of a run is held against. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgedGoal } from "../../../launch/run/judged-goal.ts";
import type { Trial } from "../../../runtime/core/trial.ts";
import type { GoalSpec, TaskNode } from "../../../runtime/supervise/task-tree.ts";

const armRad = new Float64Array(7);
const cube = { positionM: [0.5, 0.1, 0.02], yawRad: 0.3 } as const;
const trial: Pick<Trial, "goal"> = { goal: { armRad, toolM: [0.4, 0, 0.1], objects: { cube } } };
const ofWorld: GoalSpec = { kind: "image", source: "simulator" };
const at: GoalSpec = { kind: "tool", positionM: [0.45, 0.2, 0.3] };
const skill = (name: string, goal: GoalSpec | string): TaskNode => ({ skill: name, goal, retries: 0 });
const judged = (task: TaskNode, object: string | null = null, goals: Record<string, GoalSpec> = {}) =>
  judgedGoal({ task, goals }, { object }, trial);

test("a picture of the world's own goal is judged by where that goal is", () => {
  assert.equal(judged(skill("reach", ofWorld)), trial.goal);
  assert.equal(judged(skill("push", ofWorld), "cube"), trial.goal);
});

test("a place is judged as itself, not by the goal that was drawn, also by its name", () => {
  assert.deepEqual(judged(skill("reach", at))?.toolM, at.positionM);
  assert.deepEqual(judged(skill("reach", "corner"), null, { corner: at })?.toolM, at.positionM);
  const moved = judged(skill("push", { kind: "object", positionM: [0.6, -0.1, 0.3] }), "cube");
  assert.deepEqual(
    moved?.objects,
    { cube: { positionM: [0.6, -0.1, 0.02], yawRad: 0.3 } },
    "it lies on the table, whatever height was said",
  );
});

test("nobody judges a task of several places, one that stays here, or one whose pictures come from files", () => {
  assert.equal(judged({ sequence: [skill("reach", at), skill("reach", ofWorld)] }), null);
  assert.equal(judged(skill("reach", { kind: "here" })), null);
  assert.equal(judged(skill("reach", { kind: "image", source: "files", files: { front: "a.png" } })), null);
  assert.equal(judged(skill("push", at), "cube"), null, "where the tool is says nothing of the cube");
});
