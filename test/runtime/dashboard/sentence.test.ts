import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActiveSkill } from "../../../runtime/core/supervision.ts";
import { sentenceOf } from "../../../runtime/dashboard/sentence.ts";

const push: ActiveSkill = { path: "", name: "push", state: "acting", decisions: 12, retries: 0, progress: 0.5 };

test("where the agent stands is one sentence, whatever it does", () => {
  assert.equal(sentenceOf({ agent: "running", task: "running", skills: [push] }), "Running: push is acting, 12 decisions.");
  const again = { ...push, state: "verifying", decisions: 1, retries: 2 } as const;
  assert.equal(
    sentenceOf({ agent: "running", task: "running", skills: [again] }),
    "Running: push proves that it is done, 1 decision, attempt 3.",
  );
  const asking = { ...push, state: "asking", decisions: 0 } as const;
  assert.equal(sentenceOf({ agent: "running", task: "running", skills: [asking] }), "Running: push asks a person to confirm.");
  assert.equal(sentenceOf({ agent: "idle", task: "succeeded", skills: [] }), "Idle; the last task succeeded.");
  assert.match(
    sentenceOf({ agent: "faulted", task: "stopped", skills: [] }),
    /^Faulted: .* a person looks and resets; the last task was stopped\.$/,
  );
});

test("of a hold it says whether it ends by itself or when somebody says so, and nothing where that is not known", () => {
  const held = { agent: "holding", task: "running", skills: [push] } as const;
  assert.equal(
    sentenceOf({ ...held, holdEnds: "by-itself" }),
    "Holding: the arm rests and goes on by itself once the cause is gone; push is acting, 12 decisions.",
  );
  assert.equal(
    sentenceOf({ ...held, holdEnds: "when-told" }),
    "Holding: the arm rests and goes on when told; push is acting, 12 decisions.",
  );
  assert.equal(sentenceOf(held), "Holding: the arm rests; push is acting, 12 decisions.", "of a recording of old");
});
