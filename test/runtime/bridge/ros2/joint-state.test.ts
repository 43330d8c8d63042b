/** JointState messages to ours: names in any order, joints too many, joints missing, no velocities. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createVelocityFill, type JointReading, readJointState } from "../../../../runtime/bridge/ros2/joint-state.ts";
import type { JointStateMsg } from "../../../../runtime/bridge/ros2/messages.ts";

const NAMES = ["a", "b", "c"];
const header = { stamp: { sec: 12, nanosec: 500_000_000 }, frame_id: "" };

const message = (name: readonly string[], position: readonly number[], velocity: readonly number[] = []): JointStateMsg => ({
  header,
  name,
  position: Float64Array.from(position),
  velocity: Float64Array.from(velocity),
  effort: new Float64Array(),
});
const whole = (reading: JointReading) => {
  assert.ok(reading.kind === "joints");
  return reading;
};

test("whatever the order of a message and whatever joints it has besides, each joint gets its own numbers", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(["a", "b", "c", "x", "y"], { minLength: 5 }), (order) => {
      const value = (name: string): number => name.charCodeAt(0);
      const reading = whole(
        readJointState(
          message(
            order,
            order.map(value),
            order.map((name) => -value(name)),
          ),
          NAMES,
        ),
      );
      assert.deepEqual([...reading.positionRad], NAMES.map(value));
      assert.deepEqual(
        [...reading.velocityRadPerS!],
        NAMES.map((name) => -value(name)),
      );
      assert.equal(reading.rosStampNs, 12_500_000_000n);
    }),
  );
});

test("a message without one of the joints gives no reading and says which and what it has", () => {
  const reading = readJointState(message(["a", "finger"], [1, 2]), NAMES);
  assert.deepEqual(reading, { kind: "incomplete", missing: ["b", "c"], found: ["a", "finger"] });
});

test("a joint that is named but has no position counts as missing", () => {
  const reading = readJointState(message(["a", "b", "c"], [1, 2]), NAMES);
  assert.ok(reading.kind === "incomplete");
  assert.deepEqual(reading.missing, ["c"]);
});

test("a position that is not a number is passed on for the senses to judge, a velocity that is not counts as absent", () => {
  const reading = whole(readJointState(message(NAMES, [1, Number.NaN, 3], [0, Number.NaN, 0]), NAMES));
  assert.ok(Number.isNaN(reading.positionRad[1]));
  assert.equal(reading.velocityRadPerS, null);
});

test("velocities that a driver does not send are differences of positions: 0.01 rad in 10 ms is 1 rad/s", () => {
  const fill = createVelocityFill();
  const at = (positionRad: number, stampNs: bigint) =>
    fill({ kind: "joints", positionRad: Float64Array.of(positionRad), velocityRadPerS: null, rosStampNs: 0n }, stampNs, stampNs);
  assert.deepEqual([...at(0, 0n).velocityRadPerS], [0]);
  assert.ok(Math.abs(at(0.01, 10_000_000n).velocityRadPerS[0]! - 1) < 1e-9);
  assert.deepEqual([...at(0.5, 500_000_000n).velocityRadPerS], [0], "after a gap of more than 0.2 s nothing is told");
});

test("efforts are told where there are any: not where a driver has no entries, zeros or NaN alone; one NaN among numbers stays", () => {
  const effortOf = (effort: readonly number[]) =>
    whole(readJointState({ ...message(NAMES, [1, 2, 3]), effort: Float64Array.from(effort) }, NAMES)).effortNm;
  for (const none of [[], [1, 2], [0, 0, 0], [Number.NaN, Number.NaN, Number.NaN], [0, Number.NaN, 0]])
    assert.equal(effortOf(none), undefined);
  assert.deepEqual(effortOf([3, 0, -1]), Float64Array.of(3, 0, -1));
  assert.deepEqual(effortOf([3, Number.NaN, -1]), Float64Array.of(3, Number.NaN, -1));
});
