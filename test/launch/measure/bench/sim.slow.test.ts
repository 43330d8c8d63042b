/** `bench sim` reports physics and pictures apart and together; `bench stream` refuses times that its keeper does not remember. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { benchSim, printBenchSim } from "../../../../launch/measure/bench/sim.ts";
import { benchStream } from "../../../../launch/measure/bench/stream.ts";
import { pandaSpec } from "../../../../robots/panda/spec.ts";
import { TINY_CAMERAS } from "../../../helpers/tiny-model.ts";

test("bench sim gives a row without, with one and with all cameras", async () => {
  const result = await benchSim({ spec: pandaSpec, cameras: TINY_CAMERAS, supersample: 1, decisions: 5 });
  assert.deepEqual(
    result.rows.map(({ cameras }) => cameras),
    [[], ["front"], ["front", "side"]],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  assert.match(printBenchSim(result), /front\+side/);
});

test("bench sim: a decision is at least its physics and its pictures, and the factor is the period over its median", async () => {
  const { rows, periodS } = await benchSim({ spec: pandaSpec, cameras: TINY_CAMERAS.slice(0, 1), supersample: 1, decisions: 1 });
  assert.equal(rows.length, 2);
  for (const { decisionMs, physicsMs, pictureMs, factor } of rows) {
    assert.ok(physicsMs.p50 > 0 && decisionMs.p50 + 0.002 >= physicsMs.p50 + pictureMs.p50); // Rounded to microseconds.
    assert.ok(Math.abs(factor - (periodS * 1e3) / decisionMs.p50) < 0.01 * factor + 0.1);
  }
});

test("bench stream refuses a time that the keeper does not remember", async () => {
  const options = { spec: pandaSpec, cameras: [], supersample: 1, cameraRateHz: 20, signal: new AbortController().signal };
  for (const seconds of [0, 61, Number.NaN]) {
    await assert.rejects(benchStream({ ...options, seconds }), {
      code: "launch.invalid",
      message: `bench stream: ${seconds} s is outside 1..60 s; give --seconds within them, the keeper remembers one minute`,
    });
  }
});
