/** `bench plan` prints the peer beside our times, and says why a peer row is missing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runPeer } from "../../../../launch/measure/bench/peer.ts";
import { type BenchPlanResult, printBenchPlan } from "../../../../launch/measure/bench/plan.ts";

const signal = new AbortController().signal;

describe("bench plan", () => {
  const size = { samples: 64, iterations: 2, horizon: 5 };

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
