import assert from "node:assert/strict";
import { test } from "node:test";
import { loadInLockstep } from "../../../launch/config/load-in-lockstep.ts";

test("work in lockstep takes a file of a world that waits, without a page", () => {
  const { backend, dashboard, planner } = loadInLockstep("launch/panda-push.launch.yaml", ["planner.samples:=16"], "this");
  assert.ok(backend.kind === "sim" && backend.mode === "lockstep");
  assert.equal(dashboard.enabled, false);
  assert.equal(planner.samples, 16);
});

test("a file of an arm whose world waits for nobody is refused by its backend, not by a key that nobody wrote", () => {
  assert.throws(() => loadInLockstep("launch/panda-ros2.launch.yaml", [], "a report on physics"), {
    code: "launch.invalid",
    message: 'backend.kind "ros2": a report on physics needs a world that waits for decisions; use sim',
  });
});
