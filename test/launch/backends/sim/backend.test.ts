/** What the section of the embedded simulator may not say together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simSection } from "../../../../launch/backends/sim/backend.ts";
import { loadLaunch } from "../../../../launch/config/load.ts";

const told = (...overrides: readonly string[]) => loadLaunch("launch/panda-push.launch.yaml", overrides).backend;

test("a world of another process can neither wait nor be drawn anew", () => {
  assert.throws(
    () => told("backend.world:=/tmp/w.sock", "backend.mode:=lockstep"),
    /backend\.mode: a world of another process does not wait; use realtime/,
  );
  assert.throws(
    () => told("backend.world:=/tmp/w.sock", "backend.vary:={}"),
    /backend\.vary: a world of another process stays as it is; leave it out/,
  );
});

test("worlds are drawn where a launch file says so alone, and only in the embedded simulator", () => {
  assert.equal(simSection({ backend: told() }, "to look at it").vary, undefined);
  assert.throws(() => told("backend:=gazebo", "backend.vary:={}"), /vary/);
});
