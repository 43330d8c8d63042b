/** The workspace of a skill is that of the guards, whatever the robot. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { boundedSkill } from "../../../runtime/plan/bounded-skill.ts";
import { constraintOf } from "../../../runtime/plan/constraints.ts";
import { skills } from "../../../skills/index.ts";

const small = { minM: [0.11, -0.2, -0.1] as Vec3, maxM: [0.33, 0.2, 0.2] as Vec3, tableZM: 0.02, tableClearanceM: 0.01 };

test("every shipped skill gets the box of the guards, above the table, and keeps its other constraints", () => {
  for (const skill of Object.values(skills)) {
    const { constraints } = boundedSkill(skill, small);
    assert.deepEqual(constraints[0], { constraint: "workspace", params: { minM: [0.11, -0.2, 0.03], maxM: [0.33, 0.2, 0.2] } });
    assert.deepEqual(constraints.slice(1), skill.constraints.slice(1));
    for (const constraint of constraints) constraintOf(constraint);
  }
});

test("a skill with numbers of its own is refused: they would be another robot's", () => {
  const own = { constraint: "workspace", params: { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45] } };
  assert.throws(() => boundedSkill({ name: "mine", terms: {}, constraints: [own] }, small), {
    code: "launch.invalid",
    message: /skill "mine": its constraint "workspace" has numbers of its own; leave params out/,
  });
});
