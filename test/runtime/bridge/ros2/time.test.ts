/** ROS time and ours: stamps there and back, slow and fast simulators, pauses and jumps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createClockMap } from "../../../../runtime/act/clock-map.ts";
import { createSimClockWatch } from "../../../../runtime/act/clock-watch.ts";
import { fromTimeMsg, toTimeMsg } from "../../../../runtime/bridge/ros2/time.ts";
import type { AgentError } from "../../../../runtime/core/errors.ts";
import { createRng } from "../../../../runtime/core/rng.ts";

const MS = 1_000_000n;

test("every stamp survives the way there and back, and the nanosecond part is never negative", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 31n) * 1_000_000_000n, max: 2n ** 31n * 1_000_000_000n - 1n }), (ns) => {
      const message = toTimeMsg(ns);
      assert.equal(fromTimeMsg(message), ns);
      assert.ok(message.nanosec >= 0 && message.nanosec < 1e9);
    }),
  );
  assert.deepEqual(toTimeMsg(-1n), { sec: -1, nanosec: 999_999_999 });
});

for (const rate of [0.25, 1, 3]) {
  test(`a simulator at ${rate} of real time: stamps are mapped within a millisecond although readings come up to 8 ms late`, () => {
    const map = createClockMap();
    const rng = createRng(3);
    for (let beat = 0; beat < 400; beat++) {
      const trueNs = BigInt(beat) * 10n * MS;
      map.read(50_000_000_000n + BigInt(Math.round(Number(trueNs) * rate)), 7_000n * MS + trueNs + BigInt(Math.round(rng.uniform() * 8e6)));
    }
    const askedNs = 3900n * MS;
    const mapped = map.toMono(50_000_000_000n + BigInt(Math.round(Number(askedNs) * rate)))!;
    assert.ok(Math.abs(Number(mapped - 7_000n * MS - askedNs)) < 1e6, `${mapped - 7_000n * MS - askedNs} ns off`);
    assert.ok(Math.abs(map.rate / rate - 1) < 0.01, `rate ${map.rate}`);
    assert.ok(Math.abs(Number(map.toMono(map.toOther(mapped)!)! - mapped)) < 1e4);
  });
}

test("nothing is mapped before the first reading", () => {
  const map = createClockMap();
  assert.equal(map.toMono(1n), null);
  assert.equal(map.toOther(1n), null);
  assert.equal(map.stillForNs(1n), null);
});

/** A /clock at 100 Hz from 10 s on, through a watch with 500 ms of patience; returns the watch, its faults and how to go on. */
function watched() {
  const faults: AgentError[] = [];
  const watch = createSimClockWatch(500, (error) => faults.push(error));
  let monoNs = 0n;
  const run = (fromMs: number, count: number, stepMs = 10): void => {
    for (let beat = 0; beat < count; beat++) {
      watch.read(BigInt(fromMs + beat * stepMs) * MS, monoNs);
      watch.tick(monoNs);
      monoNs += 10n * MS;
    }
  };
  return { faults, run };
}

test("a /clock that is paused is a fault after 500 ms, once, and again at the next pause", () => {
  const { faults, run } = watched();
  run(10_000, 50);
  run(10_490, 100, 0);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["bridge.timeout"],
  );
  assert.match(faults[0]!.message, /\/clock: stands still for 5\d0 ms, at most 500 ms/);
  run(10_500, 50);
  assert.equal(faults.length, 1);
  run(11_000, 100, 0);
  assert.equal(faults.length, 2);
});

test("a /clock that is reset to 0, jumps back or jumps forward is a fault at once, and time is mapped anew from there", () => {
  const { faults, run } = watched();
  run(10_000, 50);
  run(0, 10);
  run(9_000, 10);
  assert.deepEqual(
    faults.map(({ message }) => message.split(";")[0]),
    ["/clock: jumped back from 10.490 s to 0.000 s", "/clock: jumped forward from 0.090 s to 9.000 s"],
  );
});

test("a slow machine that delivers /clock late and in bursts is no jump", () => {
  const faults: AgentError[] = [];
  const watch = createSimClockWatch(500, (error) => faults.push(error));
  for (let burst = 0; burst < 20; burst++)
    for (let beat = 0; beat < 30; beat++)
      watch.read(BigInt(1000 + burst * 300 + beat * 10) * MS, BigInt(burst * 300 + 300) * MS + BigInt(beat));
  assert.deepEqual(faults, []);
});
