/** `bench plan` counts arithmetic exactly, times real decisions of the real loop, and says why a peer row is missing. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { countFlop } from "../../../launch/measure/bench/flop.ts";
import { productChain } from "../../../launch/measure/bench/gemm.ts";
import { runPeer } from "../../../launch/measure/bench/peer.ts";
import { type BenchPlanResult, benchPlan, printBenchPlan } from "../../../launch/measure/bench/plan.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { add, matMul, relu } from "../../../runtime/graph/ops.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";

const signal = new AbortController().signal;

describe("arithmetic of a graph", () => {
  it("is two operations per output element and summed element of every product", async () => {
    assert.equal(await countFlop(productChain(7, 16, 3).bytes), 3 * 2 * 7 * 16 * 16);
  });

  it("counts a transposed Gemm, a Conv and a product of two computed values by their true inner size", async () => {
    const g = new Graph("mixed");
    const floats = (...shape: number[]) => [{ dtype: "float32" as const, shape }];
    const constant = (...shape: number[]) => g.constant(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
    const [gemm] = g.op("Gemm", [g.input("a", "float32", [4, 10]), constant(6, 10)], floats(4, 6), { transB: 1 });
    const [conv] = g.op("Conv", [g.input("b", "float32", [1, 3, 8, 8]), constant(5, 3, 3, 3)], floats(1, 5, 6, 6));
    const x = relu(g, g.input("x", "float32", [2, 9]));
    const y = relu(g, g.input("y", "float32", [9, 11]));
    for (const [name, value] of Object.entries({ gemm: gemm!, conv: conv!, product: matMul(g, x, y) })) g.output(name, value);
    assert.equal(await countFlop(g.toBytes()), 2 * (4 * 6 * 10 + 5 * 6 * 6 * 27 + 2 * 11 * 9));
  });

  it("is zero without products, and counts a symbolic batch as one", async () => {
    const g = new Graph("sum");
    const x = g.input("x", "float32", [-1, 8]);
    g.output("y", add(g, x, 1));
    assert.equal(await countFlop(g.toBytes()), 0);
    const h = new Graph("product");
    h.output("y", matMul(h, h.input("x", "float32", [-1, 8]), h.constant(new Float32Array(24), [8, 3])));
    assert.equal(await countFlop(h.toBytes()), 2 * 8 * 3);
  });
});

describe("bench plan", () => {
  const launch = join(packageRoot, "launch/panda-push.launch.yaml");
  const size = { samples: 64, iterations: 2, horizon: 5 };

  it("gives a row for each number of threads and size, with decisions that were made", async () => {
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

  it("prints the peer as a multiple of our time, above 1 where we are faster", () => {
    const spread = { p50: 10, p99: 12 };
    const times = { encodeMs: spread, planMs: spread, guardMs: spread, decisionMs: spread };
    const row = { threads: 2, solver: "cem", ...size, proposals: false, decisions: 1, ...times, gflop: 1, gflops: 100, peakShare: 0.5 };
    const result: BenchPlanResult = {
      bench: "plan",
      machine: { cpu: "test", cores: 2, node: "v20", loadAverage: 0 },
      model: { name: "m", hash: "0".repeat(64) },
      provider: "cpu",
      gemmPeakGflops: { "2": 200 },
      rows: [row],
      peer: { framework: "PyTorch", threads: 2, ...size, p50Ms: 20, p99Ms: 22, ratio: 2 },
    };
    assert.match(printBenchPlan(result), /50 %\npeer: PyTorch, 64x2x5, 2 threads: plan p50 20 ms, p99 22 ms = 2 x ours$/);
  });

  it("says why the peer row is missing when its Python fails", async () => {
    const options = { folder: "/nowhere", threads: 1, size, planP50Ms: 1, signal };
    const peer = await runPeer({ ...options, python: "/no/such/python" });
    assert.match("missing" in peer ? peer.missing : "", /^\/no\/such\/python .*plan_bench\.py failed: .*ENOENT/);
    const other = await runPeer({ ...options, python: process.execPath }); // Node is no Python: the script fails in it.
    assert.match("missing" in other ? other.missing : "", /plan_bench\.py failed: /);
  });
});
