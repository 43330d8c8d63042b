/** What is printed of planners and distances. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { summarise } from "../../../../launch/measure/evaluate.ts";
import { printHierarchy } from "../../../../launch/measure/hierarchy/print.ts";
import type { HierarchyReport, PlannerName } from "../../../../launch/measure/hierarchy/report.ts";

function reportOf(planner: PlannerName, successes: number) {
  const row = {
    passed: 0,
    decisions: 40,
    interventions: 0,
    bystanders: { count: 0, moved: 0 },
    ticks: [],
    modelCalls: 1,
    criticCost: null,
  };
  const of = { task: "push", goal: "image", policy: planner, mode: "lockstep", seed: 700, modelHash: "abc", stages: null } as const;
  const results = Array.from({ length: 10 }, (_, i) => ({
    ...row,
    seed: 700 + i,
    success: i < successes,
    finalErrorCm: i < successes ? 1 : 9,
  }));
  return summarise(of, results);
}

const report: HierarchyReport = {
  ...{ task: "push", model: "push", modelHash: "0123456789abcdef", seed: 700, decisionsMax: 40 },
  goals: [
    { ahead: 5, count: 10, inHand: 0 },
    { ahead: 20, count: 10, inHand: 4 },
  ],
  rows: [
    { planner: "random", ahead: 5, report: reportOf("random", 0) },
    { planner: "random", ahead: 20, report: reportOf("random", 1) },
    { planner: "flat", ahead: 5, report: reportOf("flat", 9) },
  ],
};

test("a planner is a line, a distance a column; what an interrupted report did not come to is said", () => {
  const [head, names, random, flat, hands] = printHierarchy(report).split("\n");
  assert.match(head!, /^push: .* judged after 40 decisions; seeds from 700, model 0123456789ab$/);
  assert.match(names!, /subgoals +5 ahead +20 ahead/);
  assert.match(random!, /random +0 of 10 \(0 % to 28 %\), 9 cm +1 of 10/);
  assert.match(flat!, /flat +9 of 10 \(60 % to 98 %\), 1 cm +not played$/);
  assert.equal(hands, "goals with the thing in the hand: 0 of 10 at 5, 4 of 10 at 20");
});
