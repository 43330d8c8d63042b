/** Tests for task-machine.ts and task-tree.ts: what each kind of node does, told by the skills that start and leave. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createActor, SimulatedClock } from "xstate";
import { taskMachine } from "../../../runtime/supervise/task-machine.ts";
import { childrenOf, measureTree, skillNameOf, type TaskNode, taskTreeSchema } from "../../../runtime/supervise/task-tree.ts";

const leaf = (skill: string): TaskNode => ({ skill, goal: { kind: "here" }, retries: 0 });
const look: TaskNode = { condition: "a", goal: { kind: "here" } };
const [a, b, c] = [leaf("a"), leaf("b"), leaf("c")];

/** Plays a script: "+0" the skill at path 0 is done, "-0" it failed, "2000" milliseconds pass, "stop". Answers what happened in words. */
function play(tree: TaskNode, script: string): string {
  const clock = new SimulatedClock();
  const actor = createActor(taskMachine(tree), { clock });
  const log: string[] = [];
  actor.on("*", (intent) => {
    const [word, skill] = intent.type === "start-skill" ? ["start", ` ${intent["node"].skill ?? "look"}`] : ["leave", ""];
    log.push(`${word}${skill}@${intent["path"]}`);
  });
  actor.start();
  for (const word of script.split(" ").filter(Boolean)) {
    if (word === "stop") actor.send({ type: "stop", reason: "An operator stopped the agent." });
    else if (word.startsWith("+")) actor.send({ type: "skill-done", path: word.slice(1) });
    else if (word.startsWith("-")) actor.send({ type: "skill-failed", path: word.slice(1), reason: `${word} failed.` });
    else clock.increment(Number(word));
  }
  const { status, output } = actor.getSnapshot();
  return [...log, status === "done" ? `${output.result}: ${output.reason}` : "going on"].join(", ");
}

const rules: readonly (readonly [string, TaskNode, string, string])[] = [
  ["a skill alone succeeds", a, "+", "start a@, leave@, succeeded: The task succeeded."],
  ["a skill alone fails with its reason", a, "-", "start a@, leave@, failed: - failed."],
  ["events of another skill change nothing", a, "+0 -1", "start a@, going on"],
  ["a wait ends by itself", { waitS: 2 }, "2000", "succeeded: The task succeeded."],
  ["a wait does not end before its time", { waitS: 2 }, "1999", "going on"],
  ["a sequence goes on with success", { sequence: [a, b] }, "+0", "start a@0, leave@0, start b@1, going on"],
  [
    "a sequence succeeds with its last",
    { sequence: [a, b] },
    "+0 +1",
    "start a@0, leave@0, start b@1, leave@1, succeeded: The task succeeded.",
  ],
  ["a sequence fails with its first failure", { sequence: [a, b] }, "-0", "start a@0, leave@0, failed: -0 failed."],
  ["a fallback ends with its first success", { fallback: [a, b] }, "+0", "start a@0, leave@0, succeeded: The task succeeded."],
  [
    "a fallback tries the next after a failure",
    { fallback: [a, b] },
    "-0 +1",
    "start a@0, leave@0, start b@1, leave@1, succeeded: The task succeeded.",
  ],
  ["a fallback fails when all failed", { fallback: [a, b] }, "-0 -1", "start a@0, leave@0, start b@1, leave@1, failed: -1 failed."],
  ["parallel starts all", { parallel: [a, b], succeed: "all" }, "+1", "start a@0, start b@1, leave@1, going on"],
  [
    "parallel all succeeds when all did",
    { parallel: [a, b], succeed: "all" },
    "+1 +0",
    "start a@0, start b@1, leave@1, leave@0, succeeded: The task succeeded.",
  ],
  [
    "parallel all leaves the others with the first failure",
    { parallel: [a, b], succeed: "all" },
    "-1",
    "start a@0, start b@1, leave@1, leave@0, failed: -1 failed.",
  ],
  [
    "parallel any leaves the others with the first success",
    { parallel: [a, b], succeed: "any" },
    "+0",
    "start a@0, start b@1, leave@1, leave@0, succeeded: The task succeeded.",
  ],
  [
    "parallel any fails when all failed",
    { parallel: [a, b], succeed: "any" },
    "-0 -1",
    "start a@0, start b@1, leave@0, leave@1, failed: -1 failed.",
  ],
  [
    "retry begins again after a failure",
    { retry: a, attempts: 2 },
    "-0 +0",
    "start a@0, leave@0, start a@0, leave@0, succeeded: The task succeeded.",
  ],
  [
    "retry fails when its attempts are spent",
    { retry: a, attempts: 2 },
    "-0 -0",
    "start a@0, leave@0, start a@0, leave@0, failed: -0 failed.",
  ],
  [
    "retry begins a whole subtree again",
    { retry: { sequence: [a, b] }, attempts: 2 },
    "+0/0 -0/1",
    "start a@0/0, leave@0/0, start b@0/1, leave@0/1, start a@0/0, going on",
  ],
  [
    "retry with a back-off rests before the second attempt, and twice as long before the third",
    { retry: a, attempts: 3, backOffS: 2 },
    "-0 1999 1 -0 3999 1 -0",
    "start a@0, leave@0, start a@0, leave@0, start a@0, leave@0, failed: -0 failed.",
  ],
  [
    "retry with a back-off begins nothing before its rest is over",
    { retry: a, attempts: 2, backOffS: 2 },
    "-0 1999",
    "start a@0, leave@0, going on",
  ],
  [
    "retry with a back-off does not rest after the last attempt",
    { fallback: [{ retry: a, attempts: 1, backOffS: 2 }, b] },
    "-0/0",
    "start a@0/0, leave@0/0, start b@1, going on",
  ],
  [
    "stop ends a rest between attempts",
    { retry: a, attempts: 2, backOffS: 2 },
    "-0 stop 2000",
    "start a@0, leave@0, stopped: An operator stopped the agent.",
  ],
  [
    "repeat does it as often as asked",
    { repeat: a, times: 3 },
    "+0 +0 +0",
    "start a@0, leave@0, start a@0, leave@0, start a@0, leave@0, succeeded: The task succeeded.",
  ],
  ["repeat fails with the first failure", { repeat: a, times: 3 }, "+0 -0", "start a@0, leave@0, start a@0, leave@0, failed: -0 failed."],
  ["repeat forever goes on until it fails", { repeat: { waitS: 1 }, times: "forever" }, "1000 1000 1000 1000 1000", "going on"],
  [
    "a repeat in a repeat counts its own rounds anew",
    { repeat: { repeat: a, times: 2 }, times: 2 },
    "+0/0 +0/0 +0/0",
    "start a@0/0, leave@0/0, start a@0/0, leave@0/0, start a@0/0, leave@0/0, start a@0/0, going on",
  ],
  ["a condition that holds succeeds", look, "+", "start look@, leave@, succeeded: The task succeeded."],
  [
    "a fallback with a condition first does only what is needed",
    { fallback: [look, a] },
    "+0",
    "start look@0, leave@0, succeeded: The task succeeded.",
  ],
  ["a fallback with a condition that does not hold does it", { fallback: [look, a] }, "-0", "start look@0, leave@0, start a@1, going on"],
  [
    "a timeout fails what takes too long",
    { timeout: a, timeoutS: 2 },
    "2000",
    "start a@0, leave@0, failed: The task did not end within 2 s.",
  ],
  [
    "a timeout lets what is in time succeed",
    { timeout: a, timeoutS: 2 },
    "1999 +0 1",
    "start a@0, leave@0, succeeded: The task succeeded.",
  ],
  [
    "a timeout inside a fallback leads to the next",
    { fallback: [{ timeout: a, timeoutS: 2 }, b] },
    "2000",
    "start a@0/0, leave@0/0, start b@1, going on",
  ],
  [
    "a retried timeout begins its time anew",
    { retry: { timeout: a, timeoutS: 2 }, attempts: 2 },
    "2000 1999",
    "start a@0/0, leave@0/0, start a@0/0, going on",
  ],
  [
    "stop leaves every skill and starts none",
    { parallel: [a, { sequence: [b, c] }], succeed: "all" },
    "stop +0 +1/0",
    "start a@0, start b@1/0, leave@1/0, leave@0, stopped: An operator stopped the agent.",
  ],
];
for (const [sentence, tree, script, expected] of rules) test(`task: ${sentence}`, () => assert.equal(play(tree, script), expected));

const tree: fc.Arbitrary<TaskNode> = fc.letrec<{ node: TaskNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<TaskNode>(a, b, c, look, { condition: "b", goal: { kind: "here" } }, { waitS: 1 }),
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((sequence) => ({ sequence })),
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((fallback) => ({ fallback })),
    fc
      .tuple(fc.array(tie("node"), { minLength: 1, maxLength: 3 }), fc.constantFrom("all" as const, "any" as const))
      .map(([parallel, succeed]) => ({ parallel, succeed })),
    fc.record({ retry: tie("node"), attempts: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ retry: tie("node"), attempts: fc.integer({ min: 1, max: 3 }), backOffS: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ repeat: tie("node"), times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ timeout: tie("node"), timeoutS: fc.integer({ min: 1, max: 4 }) }),
  ),
})).node;

/** What a tree answers when every skill named "a" succeeds and every other fails, by the plain meaning of behaviour trees (without time). */
function meaning(node: TaskNode): boolean {
  if ("skill" in node || "condition" in node) return skillNameOf(node) === "a";
  const parts = childrenOf(node, "").map((child) => meaning(child.node));
  if ("fallback" in node || ("parallel" in node && node.succeed === "any")) return parts.some(Boolean);
  return parts.every(Boolean); // A wait has no children: true.
}

test("task: any tree ends as the meaning of its nodes says, and every skill that was started is left", () => {
  const timeless = tree.filter((node) => !JSON.stringify(node).includes("timeoutS"));
  fc.assert(
    fc.property(timeless, (node) => {
      const clock = new SimulatedClock();
      const actor = createActor(taskMachine(node), { clock });
      const active = new Map<string, string>();
      actor.on("start-skill", (intent) => active.set(intent["path"], skillNameOf(intent["node"])));
      actor.on("leave-skill", (intent) => active.delete(intent["path"]));
      actor.start();
      // Repeats and retries in each other multiply: 3 ** 3 rounds of 3 ** 3 leaves at most.
      for (let step = 0; step < 10_000 && actor.getSnapshot().status === "active"; step++) {
        const [next] = active;
        if (!next) clock.increment(1000);
        else if (next[1] === "a") actor.send({ type: "skill-done", path: next[0] });
        else actor.send({ type: "skill-failed", path: next[0], reason: "It failed." });
      }
      assert.equal(actor.getSnapshot().output?.result, meaning(node) ? "succeeded" : "failed");
      assert.equal(active.size, 0);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("task: stop ends any tree at any moment with no skill in progress", () => {
  fc.assert(
    fc.property(tree, fc.array(fc.boolean(), { maxLength: 6 }), (node, results) => {
      const actor = createActor(taskMachine(node), { clock: new SimulatedClock() });
      const active = new Set<string>();
      actor.on("start-skill", (intent) => active.add(intent["path"]));
      actor.on("leave-skill", (intent) => active.delete(intent["path"]));
      actor.start();
      for (const done of results) {
        const [path] = active;
        if (path !== undefined) actor.send(done ? { type: "skill-done", path } : { type: "skill-failed", path, reason: "It failed." });
      }
      actor.send({ type: "stop", reason: "An operator stopped the agent." });
      assert.equal(actor.getSnapshot().status, "done");
      assert.equal(active.size, 0);
    }),
    { numRuns: 200, seed: 8 },
  );
});

test("task: a tree is data, checked with its bounds", () => {
  assert.deepEqual(taskTreeSchema.parse({ skill: "push", goal: { kind: "image", source: "simulator" } }), {
    skill: "push",
    goal: { kind: "image", source: "simulator" },
    retries: 0,
  });
  let deep: unknown = { skill: "push", goal: { kind: "here" } };
  for (let level = 0; level < 8; level++) deep = { sequence: [deep] };
  assert.match(taskTreeSchema.safeParse(deep).error?.message ?? "", /is 9 levels deep, at most 8 are allowed; flatten it/);
  const many = {
    sequence: [
      { sequence: Array(40).fill({ skill: "a", goal: { kind: "here" } }) },
      { sequence: Array(40).fill({ skill: "a", goal: { kind: "here" } }) },
    ],
  };
  assert.match(taskTreeSchema.safeParse(many).error?.message ?? "", /has 80 skills, at most 64 are allowed/);
  assert.equal(taskTreeSchema.safeParse({ retry: { skill: "a", goal: { kind: "here" } }, attempts: 11 }).success, false);
});

test("task: the number of skills at the same time is known before anything runs", () => {
  assert.equal(measureTree({ sequence: [a, b, c] }).concurrent, 1);
  assert.equal(measureTree({ parallel: [a, { waitS: 1 }], succeed: "any" }).concurrent, 1);
  assert.equal(measureTree({ parallel: [a, { sequence: [b, c] }], succeed: "all" }).concurrent, 2);
});

test("task: conditions look through the same eyes as skills, so one at a time", () => {
  assert.equal(measureTree({ parallel: [a, look], succeed: "all" }).concurrent, 2);
  assert.equal(measureTree({ repeat: look, times: "forever" }).concurrent, 1);
});
