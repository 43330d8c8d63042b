/** What a soak counts: decisions in time, too late and never made; a hold or a skill that is prepared is no gap. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDecidedOnTime } from "../../../../../launch/measure/bench/soak/decided-on-time.ts";
import { ManualClock } from "../../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../../runtime/core/errors.ts";
import type { SupervisorState } from "../../../../../runtime/core/supervision.ts";
import type { Tick } from "../../../../../runtime/core/tick.ts";

function begin() {
  const clock = new ManualClock();
  const counter = createDecidedOnTime(clock, 0.2);
  const tick = (afterMs: number): void => {
    clock.advance(afterMs);
    void counter.tick?.({} as Tick);
  };
  const fault = (error: unknown): void => void counter.fault?.({ error, decision: { reaction: "ignore", reason: "" } });
  const state = (mayAct: boolean): void => void counter.state?.({ mayAct } as SupervisorState);
  return { clock, counter, tick, fault, state };
}

test("decisions that follow one another by a period are on time; a longer gap misses as many as fit into it", () => {
  const { counter, tick } = begin();
  for (const afterMs of [0, 200, 210, 190, 600]) tick(afterMs);
  assert.deepEqual(counter.count(), { made: 5, late: 0, missed: 2, longestGapMs: 600, faults: {} });
});

test("one that was planned too late is counted as late, and not as missed too; other faults are counted by code", () => {
  const { clock, counter, tick, fault } = begin();
  tick(0);
  clock.advance(200);
  fault(new AgentError("plan.late", "late"));
  fault(new AgentError("guard.stop", "no"));
  fault(new TypeError("a bug"));
  tick(200);
  assert.deepEqual(counter.count(), {
    made: 2,
    late: 1,
    missed: 0,
    longestGapMs: 200,
    faults: { "plan.late": 1, "guard.stop": 1, bug: 1 },
  });
});

test("while nothing may act nothing is missed", () => {
  const { counter, tick, state } = begin();
  tick(0);
  state(false);
  tick(5000);
  assert.equal(counter.count().missed, 0);
});
