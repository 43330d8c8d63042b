/** The ladder of a new arm: no rung before the one below it, each arm by itself, and nothing believed that was not recorded. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inShadow } from "../../../../launch/backends/in-shadow.ts";
import { onlyLooking } from "../../../../launch/backends/registry.ts";
import { armKey, checkLadder, ladderFile, recordRung, rungsDone } from "../../../../launch/backends/ros2/ladder.ts";
import { loadLaunch } from "../../../../launch/config/load.ts";
import { rosBackendDefaults } from "../../../../runtime/bridge/ros2/config.ts";
import type { Segment } from "../../../../runtime/core/motion.ts";
import type { Robot } from "../../../../runtime/core/robot.ts";

const freshFile = (): string => join(mkdtempSync(join(tmpdir(), "foresight-ladder-")), "state/bring-up.json");

test("each rung needs those below it, and says which comes next and how", () => {
  assert.doesNotThrow(() => checkLadder("shadow", [], false));
  assert.throws(
    () => checkLadder("jog", [], false),
    /"shadow" was not done with this arm yet; first foresight run LAUNCH backend\.bringUp:=shadow/,
  );
  assert.throws(() => checkLadder("slow", ["shadow"], false), /"jog" was not done .* foresight jog LAUNCH/);
  assert.throws(() => checkLadder("normal", ["shadow", "jog"], false), /"slow" was not done/);
  assert.doesNotThrow(() => checkLadder("normal", ["shadow", "jog", "slow"], false));
});

test("a simulated arm needs no ladder", () => {
  assert.doesNotThrow(() => checkLadder("normal", [], true));
});

test("what was done is kept in order, for this arm and no other", () => {
  const file = freshFile();
  recordRung(file, "a", "panda", "jog");
  recordRung(file, "a", "panda", "shadow");
  recordRung(file, "a", "panda", "normal");
  assert.deepEqual(rungsDone(file, "a"), ["shadow", "jog"]);
  assert.deepEqual(rungsDone(file, "b"), []);
});

test("an arm that is reached or commanded otherwise is another arm; how patient the agent is with it does not matter", () => {
  const key = (changes: Parameters<typeof rosBackendDefaults>[0]): string => armKey("panda", rosBackendDefaults(changes));
  assert.equal(key({}), key({ connectTimeoutMs: 500, bringUp: "slow" }));
  for (const other of [
    { node: { namespace: "/left" } },
    { node: { domainId: 7 } },
    { command: { name: "other" } },
    { joints: { names: { joint1: "a" } } },
  ])
    assert.notEqual(key({}), key(other));
});

test("a file that is damaged proves nothing", () => {
  const file = freshFile();
  recordRung(file, "a", "panda", "shadow");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, -5));
  assert.deepEqual(rungsDone(file, "a"), []);
  recordRung(file, "a", "panda", "shadow");
  assert.deepEqual(rungsDone(file, "a"), ["shadow"]);
});

test("the file is the user's own", () => {
  assert.equal(ladderFile({ XDG_STATE_HOME: "/state" }), "/state/foresight/bring-up.json");
  assert.match(ladderFile({}), /\.local\/state\/foresight\/bring-up\.json$/);
});

test("in shadow a segment is accepted and nothing of it reaches the robot", async () => {
  const reached: Segment[] = [];
  const robot = { act: async (segment: Segment) => void reached.push(segment) } as unknown as Robot;
  const segment = { id: 1 } as Segment;
  assert.equal(await inShadow(robot).act(segment), segment);
  assert.deepEqual(reached, []);
});

test("who only looks has an arm that cannot be commanded, and resets no world", () => {
  const { backend } = onlyLooking(loadLaunch("launch/panda-ros2.launch.yaml", ["backend.evaluation:={}", "backend.gripper:={name: hand}"]));
  assert.ok(backend.kind === "ros2");
  assert.deepEqual([backend.bringUp, backend.evaluation, backend.gripper], ["shadow", null, null]);
});
