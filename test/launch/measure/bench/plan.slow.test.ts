/** `bench plan` times real decisions of the real loop. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../../launch/config/load.ts";
import { benchPlan, printBenchPlan } from "../../../../launch/measure/bench/plan.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { writeTinyModel } from "../../../helpers/tiny-model.ts";

const signal = new AbortController().signal;
const launch = join(packageRoot, "launch/panda-push.launch.yaml");
const size = { samples: 64, iterations: 2, horizon: 5 };

test("bench plan gives a row for each number of threads and size, with decisions that were made", async () => {
  const config = loadLaunch(launch, [`model.path:=${writeTinyModel()}`, "model.provider:=cpu"]);
  const result = await benchPlan({ config, sizes: [size], threads: [1, 2], decisions: 6, torch: null, signal });
  assert.deepEqual(
    result.rows.map(({ threads, decisions }) => ({ threads, decisions })),
    [
      { threads: 1, decisions: 6 },
      { threads: 2, decisions: 6 },
    ],
  );
  // The tiny predictor multiplies (1, 2) by (2, 6); it sees every candidate and three finalists five times.
  for (const { gflop } of result.rows) assert.equal(gflop, Number(((2 * 2 * 6 * (64 * 2 + 3) * 5) / 1e9).toFixed(6)));
  for (const { encodeMs, planMs, guardMs, decisionMs } of result.rows) {
    for (const spread of [encodeMs, planMs, guardMs, decisionMs]) assert.ok(spread.p50 > 0 && spread.p99 >= spread.p50);
    assert.ok(decisionMs.p50 >= planMs.p50);
  }
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  assert.match(printBenchPlan(result), /cem 64x2x5 \+policy[\s\S]*peer row missing: no Python given; use --torch PYTHON/);
});

test("bench plan times the hierarchical planner by what it really imagines", async () => {
  const own = [`model.path:=${writeTinyModel()}`, "model.provider:=cpu", "planner.solver:=hierarchical", "planner.samples:=40"];
  const config = loadLaunch(launch, own);
  const result = await benchPlan({ config, sizes: [sizeOf(config)], threads: [1], decisions: 6, torch: null, signal });
  const [row] = result.rows;
  assert.deepEqual([row!.solver, row!.samples, row!.iterations, row!.horizon], ["hierarchical", 40, 1, 4]);
  // Forty candidates, the habit's eight once more, and the warm start, four times.
  assert.equal(row!.gflop, Number(((2 * 2 * 6 * (40 + 8 + 1) * 4) / 1e9).toFixed(6)));
  assert.match(
    printBenchPlan(result),
    /hierarchical 40x1x4 \+policy[\s\S]*peer row missing: the hierarchical plan is not written in PyTorch/,
  );
});

const sizeOf = ({ planner: { samples, iterations, horizon } }: ReturnType<typeof loadLaunch>) => ({ samples, iterations, horizon });
