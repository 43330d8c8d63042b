/** When a slow simulation is told of, on times that are made up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaceWatch } from "../../../../../runtime/bridge/gazebo/arm/pace-watch.ts";
import { secondsToNs } from "../../../../../runtime/core/clock.ts";

/** What was told when, at these paces, one every half second from 0 on. */
function toldAtS(paceMin: number, paces: readonly number[]): readonly number[] {
  const watch = createPaceWatch(paceMin);
  return paces.flatMap((pace, index) => (watch.check(pace, secondsToNs(index / 2)) ? [index / 2] : []));
}

test("a simulation that keeps the least pace is never told of", () => {
  assert.deepEqual(toldAtS(0.5, Array(20).fill(0.5)), []);
});

test("one that is slow for two seconds is told of, and again two seconds later while it lasts", () => {
  assert.deepEqual(toldAtS(0.5, Array(10).fill(0.2)), [2, 4.5]);
});

test("a slowness that ends before is forgotten", () => {
  assert.deepEqual(toldAtS(0.5, [0.2, 0.2, 0.2, 0.2, 1, 0.2, 0.2, 0.2, 0.2]), []);
});

test("what is told names the pace, how long, the least and what to do", () => {
  const watch = createPaceWatch(0.5);
  watch.check(0.2, 0n);
  const told = watch.check(0.2, secondsToNs(2));
  assert.deepEqual(
    [told?.code, told?.message],
    [
      "bridge.timeout",
      "Gazebo: runs at 0.20 of real time for 2000 ms, at least 0.5; give it more of the machine, or use backend.mode lockstep",
    ],
  );
});

test("a world that is slow is known as slow at once, and no longer once it keeps its pace", () => {
  const watch = createPaceWatch(0.5);
  const seen = [0.9, 0.2, 0.2, 0.5].map((pace, index) => {
    watch.check(pace, secondsToNs(index / 2));
    return watch.isSlow;
  });
  assert.deepEqual(seen, [false, true, true, false]);
});
