/** What rounds of remembering are asked of, and what is printed of them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NO_MODEL, summarise } from "../../../launch/measure/evaluate.ts";
import { evaluateMemory, type MemoryOptions, printMemory } from "../../../launch/measure/memory-rounds.ts";

const options: MemoryOptions = {
  ...{ launch: "launch/panda-reach.launch.yaml", overrides: [], episodes: 2, seed: 1000, policy: "mode2" },
  ...{ memory: "never-made", rounds: 2 },
};
const io = { say: () => {}, progress: () => {}, signal: new AbortController().signal };

test("only a planner that is shown pictures is offered anything, and that is said before anything is opened", async () => {
  for (const other of [{ policy: "mode1" }, { policy: "random" }, { goal: "position" }] as const)
    await assert.rejects(evaluateMemory({ ...options, ...other }, io), {
      code: "launch.invalid",
      message: /^--memory: it offers futures to a planner that is shown pictures; leave out/,
    });
});

test("a folder that somebody else is writing to is refused before anything is opened", async (context) => {
  const memory = mkdtempSync(join(tmpdir(), "foresight-remembered-"));
  context.after(() => rmSync(memory, { recursive: true }));
  writeFileSync(join(memory, ".lock"), "another-machine 1\n");
  const refusedOnceOpen = { subgoals: "told" } as const;
  await assert.rejects(evaluateMemory({ ...options, ...refusedOnceOpen, memory }, io), {
    code: "state.unwritable",
    message: /process 1 on another-machine is writing to it/,
  });
});

test("each round is a row: what it remembered, how often and how soon it succeeded, how much of that came from memory", () => {
  const of = { task: "reach", goal: "image", policy: "mode2", mode: "lockstep", seed: 1000, modelHash: NO_MODEL, stages: null } as const;
  const report = summarise(of, []);
  const rows = [
    { round: 1, remembered: 0, report, decisionsToSuccess: { mean: null, p50: null, p90: null }, fromMemory: 0 },
    { round: 2, remembered: 10, report, decisionsToSuccess: { mean: 17.7, p50: 13.5, p90: 38.1 }, fromMemory: 0.478 },
  ];
  const [, , first, second] = printMemory(rows).split("\n");
  assert.match(first!, /^ +1 +0 .* no figure\/no figure\/no figure +0\.0 %/);
  assert.match(second!, /^ +2 +10 .* 17\.7\/13\.5\/38\.1 +47\.8 %/);
});
