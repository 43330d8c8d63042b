/** A grid of settings is every combination of them, on seeds that choose and do not judge. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvalOptions } from "../../../launch/measure/eval.ts";
import { NO_MODEL, summarise } from "../../../launch/measure/evaluate.ts";
import { combinations, evaluateGrid, printGrid } from "../../../launch/measure/grid.ts";

const options: EvalOptions = {
  launch: "launch/panda-reach.launch.yaml",
  overrides: ["model.threads:=1"],
  episodes: 2,
  seed: 600,
  policy: "random",
};
const GRID = ["planner.samples:=64,128", "planner.iterations:=2,3"];
const io = { say: () => {}, progress: () => {}, signal: new AbortController().signal };

/** One that succeeds twice when it may try 128 futures. */
function evaluator() {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    async evaluate({ overrides, seed, episodes }: EvalOptions) {
      asked.push(overrides);
      const success = overrides.includes("planner.samples:=128");
      const ticks: [] = [];
      const row = {
        success,
        passed: 0,
        finalErrorCm: success ? 1 : 9,
        decisions: 40,
        interventions: 0,
        bystanders: { count: 0, moved: 0 },
        ticks,
        modelCalls: 7,
        criticCost: null,
      };
      const of = { task: "reach", goal: "image", policy: "random", mode: "lockstep", seed, modelHash: NO_MODEL, stages: null } as const;
      return summarise(
        of,
        Array.from({ length: episodes }, (_, i) => ({ ...row, seed: seed + i })),
      );
    },
  };
}

test("every combination is a row, and a value may be a list", () => {
  assert.deepEqual(combinations(GRID), [
    ["planner.samples:=64", "planner.iterations:=2"],
    ["planner.samples:=64", "planner.iterations:=3"],
    ["planner.samples:=128", "planner.iterations:=2"],
    ["planner.samples:=128", "planner.iterations:=3"],
  ]);
  assert.deepEqual(combinations(["planner.solver:=cem, mppi", "backend.knocked.shiftM:=[0.01, 0, 0]"]), [
    ['planner.solver:="cem"', "backend.knocked.shiftM:=[0.01,0,0]"],
    ['planner.solver:="mppi"', "backend.knocked.shiftM:=[0.01,0,0]"],
  ]);
});

test("what is no grid, or more than anybody reads, is refused", () => {
  for (const axis of ["planner.samples", ":=1", "planner.samples:=", "planner.samples:=[1"])
    assert.throws(() => combinations([axis]), { code: "launch.invalid", message: /is no KEY:=VALUE,VALUE/ }, axis);
  const ten = "0,1,2,3,4,5,6,7,8,9";
  assert.throws(() => combinations([`a:=${ten}`, `b:=${ten}`]), { code: "launch.invalid", message: /100 combinations, at most 64/ });
});

test("each row is evaluated with its settings after the others, and the table says what came of each", async () => {
  const { asked, evaluate } = evaluator();
  const rows = await evaluateGrid(options, GRID, evaluate, io);
  assert.deepEqual(asked[3], ["model.threads:=1", "planner.samples:=128", "planner.iterations:=3"]);
  assert.deepEqual(
    rows.map(({ report }) => report.successes),
    [0, 0, 2, 2],
  );
  const lines = printGrid(rows).split("\n");
  assert.equal(lines.length, 2 + 4);
  assert.match(lines[0]!, /seeds 600 to 601 of every row/);
  assert.match(lines[5]!, /planner\.samples:=128 planner\.iterations:=3 +2 of 2/);
});

test("settings are not chosen by the seeds that judge, and a row that is no launch file is refused before the first is played", async () => {
  const { asked, evaluate } = evaluator();
  await assert.rejects(evaluateGrid({ ...options, seed: 999 }, GRID, evaluate, io), {
    code: "launch.invalid",
    message: /seeds 999 to 1000: .*evaluation only; .*--seed 600/,
  });
  await assert.rejects(evaluateGrid(options, ["planner.samples:=64,many"], evaluate, io), {
    code: "launch.invalid",
    message: /planner\.samples/,
  });
  assert.deepEqual(asked, []);
});
