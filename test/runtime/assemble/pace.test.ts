import assert from "node:assert/strict";
import { test } from "node:test";
import { Subject } from "rxjs";
import { lockstepPace, realtimePace } from "../../../runtime/assemble/pace.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";

const seen = (stampNs: bigint): Observation => ({
  stampNs,
  receivedNs: stampNs,
  frames: [],
  joints: { positionRad: new Float64Array(7), velocityRadPerS: new Float64Array(7), stampNs, receivedNs: stampNs },
});
const { signal } = new AbortController();

test("real time decides once a period, with the newest observation, and each only once", async () => {
  const clock = new ManualClock();
  const observations = new Subject<Observation>();
  const pace = realtimePace({ observations, clock, periodMs: 200, effectMs: 60 });
  observations.next(seen(1n));
  observations.next(seen(2n));
  const first = pace.next(signal);
  clock.advance(200);
  assert.equal((await first)?.stampNs, 2n);
  const second = pace.next(signal);
  clock.advance(200);
  assert.equal(await second, null, "nothing newer was seen");
});

test("a decision that took longer than a period skips to the next beat, it does not catch up", async () => {
  const clock = new ManualClock();
  const observations = new Subject<Observation>();
  const pace = realtimePace({ observations, clock, periodMs: 200, effectMs: 60 });
  clock.advance(730);
  observations.next(seen(5n));
  const next = pace.next(signal);
  clock.advance(69);
  observations.next(seen(6n));
  clock.advance(1);
  assert.equal((await next)?.stampNs, 6n);
  assert.equal(clock.nowNs(), 800_000_000n);
});

test("in real time a segment takes effect after the decision's budget", () => {
  const clock = new ManualClock(1_000n);
  const pace = realtimePace({ observations: new Subject(), clock, periodMs: 200, effectMs: 60 });
  assert.equal(pace.effectNs(seen(0n)), 60_001_000n);
});

test("lockstep decides on every observation and lets the world go on when nothing sound was seen", async () => {
  const observations = new Subject<Observation>();
  let passed = 0;
  const pass = async (): Promise<void> => {
    passed++;
    observations.next(seen(9n));
  };
  const pace = lockstepPace({ observations, pass, latencyMs: 120 });
  observations.next(seen(3n));
  assert.equal((await pace.next(signal))?.stampNs, 3n);
  assert.equal(passed, 0);
  assert.equal((await pace.next(signal))?.stampNs, 9n);
  assert.equal(passed, 1);
  assert.equal(pace.effectNs(seen(3n)), 120_000_003n, "pretended latency moves the effect");
});
