/** The vendor's safety: what forbids motion, what slows it down, silence, and that a release alone moves nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rosBackendDefaults } from "../../../../runtime/bridge/ros2/config.ts";
import { createSafetyWatch } from "../../../../runtime/bridge/ros2/safety.ts";
import type { AgentError } from "../../../../runtime/core/errors.ts";

const { safety } = rosBackendDefaults({
  safety: [
    { means: "may-move", topic: "safety_mode", type: "ur_dashboard_msgs/msg/SafetyMode", field: "mode", values: [1, 2] },
    { means: "may-move", topic: "enabled", type: "std_msgs/msg/Bool", values: [true], maxSilenceMs: 200 },
    { means: "speed", topic: "speed_scaling", type: "std_msgs/msg/Float64", full: 100 },
  ],
});

function setup() {
  const faults: AgentError[] = [];
  return { faults, watch: createSafetyWatch(safety, (error) => faults.push(error)) };
}

test("a value that is not among the good ones forbids motion with one typed fault that says topic, field and value", () => {
  const { faults, watch } = setup();
  watch.read(0, { mode: 1 }, 0n);
  assert.equal(watch.forbids, null);
  watch.read(0, { mode: 3 }, 1n);
  watch.read(0, { mode: 3 }, 2n);
  assert.match(watch.forbids ?? "", /"safety_mode" says mode = 3/);
  assert.deepEqual(
    faults.map(({ code, message }) => [code, message]),
    [["robot.aborted", 'safety: "safety_mode" says mode = 3; when the cause is gone, reset and start']],
  );
});

test("released it may move again, tells nobody to, and the next stop is told anew", () => {
  const { faults, watch } = setup();
  for (const mode of [3, 1, 5]) watch.read(0, { mode }, 0n);
  assert.equal(faults.length, 2);
  watch.read(0, { mode: 2 }, 0n);
  assert.equal(watch.forbids, null);
  assert.equal(faults.length, 2);
});

test("a topic that must be heard and falls silent forbids motion until it is heard again", () => {
  const { faults, watch } = setup();
  watch.tick(10_000_000_000n); // Never heard: whoever connects waits for it.
  assert.equal(faults.length, 0);
  watch.read(1, { data: true }, 0n);
  watch.tick(200_000_000n);
  assert.equal(watch.forbids, null);
  watch.tick(201_000_000n);
  watch.tick(400_000_000n);
  assert.match(watch.forbids ?? "", /"enabled" is silent for \d+ ms, at most 200 ms/);
  assert.equal(faults.length, 1);
  watch.read(1, { data: true }, 500_000_000n);
  assert.equal(watch.forbids, null);
});

test("a speed scaling is a share of its full value, at most 1; nothing, or no number, stops", () => {
  const { faults, watch } = setup();
  assert.equal(watch.speedShare, 1);
  watch.read(2, { data: 40 }, 0n);
  assert.equal(watch.speedShare, 0.4);
  watch.read(2, { data: 120 }, 0n);
  assert.equal(watch.speedShare, 1);
  for (const data of [Number.NaN, -1, "40", 0]) {
    watch.read(2, { data }, 0n);
    assert.equal(watch.speedShare, 0);
    assert.ok(watch.forbids);
    watch.read(2, { data: 100 }, 0n);
  }
  assert.equal(faults.length, 4);
});

test("a field that is not there is no good value, and 64-bit integers count as numbers", () => {
  const { watch } = setup();
  watch.read(0, { other: 1 }, 0n);
  assert.match(watch.forbids ?? "", /mode = undefined/);
  watch.read(0, { mode: 1n }, 0n);
  assert.equal(watch.forbids, null);
});

test("topics that were never heard are named with their types", () => {
  const { watch } = setup();
  watch.read(0, { mode: 1 }, 0n);
  assert.deepEqual(watch.missing(), [
    'nothing on "enabled" (std_msgs/msg/Bool), a safety topic',
    'nothing on "speed_scaling" (std_msgs/msg/Float64), a safety topic',
  ]);
});
