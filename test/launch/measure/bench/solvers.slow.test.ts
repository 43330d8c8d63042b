/** `bench solvers` plays the same episodes with every solver and refuses those that are kept for evaluation. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { BENCHED_SOLVERS, benchSolvers, printBenchSolvers } from "../../../../launch/measure/bench/solvers.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { writeTinyModel } from "../../../helpers/tiny-model.ts";

const signal = new AbortController().signal;
const launch = join(packageRoot, "launch/panda-reach.launch.yaml");
const base = { launch, episodes: 1, seed: 600, signal };

describe("bench solvers", () => {
  it("gives a row for each solver and size, with success, interval, arithmetic and times", async () => {
    const overrides = [`model.path:=${writeTinyModel({ axes: ["x", "y", "z"] })}`, "model.provider:=cpu", "planner.horizon:=2"];
    const result = await benchSolvers({ ...base, overrides, sizes: [{ samples: 8, iterations: 2 }] });
    assert.deepEqual(
      result.rows.map(({ solver, samples, iterations, horizon, episodes }) => ({ solver, size: [samples, iterations, horizon], episodes })),
      BENCHED_SOLVERS.map((solver) => ({ solver, size: solver === "policy" ? [1, 0, 2] : [8, 2, 2], episodes: 1 })),
    );
    const gflop = Object.fromEntries(result.rows.map((row) => [row.solver, row.gflop]));
    for (const row of result.rows) {
      const { p50, p99 } = row.planMs;
      assert.ok(p50 !== null && p99 !== null && p50 > 0 && p99 >= p50);
      assert.ok(row.wilson95[0] <= row.successes && row.wilson95[1] >= row.successes, "one episode: all or nothing");
    }
    assert.ok(Object.values(gflop).every(Number.isFinite));
    const printed = printBenchSolvers(result);
    assert.match(printed, /^reach, lockstep, model tiny [0-9a-f]{12}, policy proposals on, seeds from 600$/m);
    assert.equal(printed.split("\n").length, 3 + BENCHED_SOLVERS.length);
  });

  it("refuses seeds that are kept for evaluation", async () => {
    await assert.rejects(benchSolvers({ ...base, overrides: [], episodes: 11, seed: 990 }), {
      code: "launch.invalid",
      message: "bench solvers: seeds 990 to 1000: those from 1000 up are for evaluation only; choose smaller ones",
    });
  });
});
