/** A fleet in a launch file: what is refused before anything is started. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { base, problemsOf } from "./launch-files.ts";

const arms = 'fleet: { arms: { a: ["backend.sceneSeed:=1"], b: [] } }';

test("the demonstration has four arms in worlds of their own, on one broker of ours", () => {
  const { fleet, mqtt } = loadLaunch(join(packageRoot, "launch/fleet-demo.launch.yaml"));
  assert.deepEqual(Object.keys(fleet?.arms ?? {}), ["north", "east", "south", "west"]);
  assert.equal(new Set(Object.values(fleet?.arms ?? {}).flat()).size, 4);
  assert.equal(mqtt?.broker.kind, "embedded");
});

test("a fleet with a broker of ours is taken, and null makes one arm of it", () => {
  assert.deepEqual(problemsOf(`${base}mqtt: {}\n${arms}\n`), []);
  assert.deepEqual(problemsOf(`${base}fleet: null\n`), []);
});

test("arms without a broker of ours, without any arm, with names that are no level of a topic, or with one file for all are refused", () => {
  assert.match(problemsOf(`${base}${arms}\n`)[0] ?? "", /fleet: its arms meet on a broker of ours; give mqtt with broker.kind embedded/);
  assert.match(problemsOf(`${base}mqtt: {}\nfleet: { arms: {} }\n`)[0] ?? "", /fleet.arms: .*1 to 16 arms/);
  assert.match(problemsOf(`${base}mqtt: {}\nfleet: { arms: { "a/b": [] } }\n`)[0] ?? "", /fleet.arms/);
  assert.match(problemsOf(`${base}mqtt: {}\n${arms}\nstate: here.json\n`)[0] ?? "", /state: every arm of the fleet would use the same/);
});

test("of a real arm there is one", () => {
  const ros = base.replace(
    "backend: { kind: sim }",
    "backend: { kind: ros2, joints: { topic: j }, cameras: { front: { topic: c } }, command: { kind: action, name: a } }",
  );
  assert.ok(problemsOf(`${ros}mqtt: {}\n${arms}\n`).some((problem) => /fleet.arms: one arm and no more/.test(problem)));
});
