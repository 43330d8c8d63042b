/** Play that a person leads: steps towards where the leader's tool points, slow until the two are together, and none where nobody leads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createLedTool } from "../../../../launch/learn/play/led.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";

const STEP_M = 0.03;
const HERE: Vec3 = [0.2, 0, 0.1];
const signal = new AbortController().signal;
const sight = (toolM: Vec3) => ({ toolM, objects: {} });

async function rig() {
  const clock = new ManualClock();
  const said: string[] = [];
  const state = { at: HERE, openShare: 0.9, isClosed: true, answers: true };
  const tool = createLedTool({
    leader: {
      read: async () => (state.answers ? { positionRad: Float64Array.from(state.at), openShare: state.openShare } : null),
    },
    toolAt: ([x, y, z]) => [x!, y!, z!],
    isClutched: () => state.isClosed,
    clock,
    say: (text) => said.push(text),
    signal,
  });
  const passMs = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await setImmediate();
    }
  };
  await passMs(100);
  return { tool, state, said, passMs };
}

test("far from the leader the steps are small; together with it they are as large as an action may be", async () => {
  const { tool, state, passMs } = await rig();
  await tool.clutched(signal);
  const { player } = tool.play(STEP_M);
  assert.deepEqual(player(sight([0.1, 0, 0.1])), { x: 0.3, y: 0, z: 0, gripper: 1 });
  player(sight([0.195, 0, 0.1]));
  state.at = [0.25, -0.05, 0.1];
  await passMs(100);
  const { x, y } = player(sight(HERE));
  assert.deepEqual([x, y], [1, -1]);
});

test("the leader's hand opens and closes the gripper", async () => {
  const { tool, state, passMs } = await rig();
  state.openShare = 0.1;
  await passMs(100);
  assert.equal(tool.play(STEP_M).player(sight(HERE)).gripper, -1);
});

test("an open clutch ends the episode, and so does a leader that is silent", async () => {
  const { tool, state, passMs } = await rig();
  const { goesOn } = tool.play(STEP_M);
  assert.equal(goesOn!(sight(HERE)), true);
  state.answers = false;
  await passMs(400);
  assert.equal(goesOn!(sight(HERE)), false);
  state.answers = true;
  await passMs(100);
  state.isClosed = false;
  assert.equal(goesOn!(sight(HERE)), false);
});

test("a leader that leaps away is not followed: it is said how far, and the clutch must be opened first", async () => {
  const { tool, state, said, passMs } = await rig();
  const { player, goesOn } = tool.play(STEP_M);
  player(sight(HERE));
  state.at = [0.2, 0.2, 0.1];
  await passMs(100);
  assert.deepEqual(player(sight(HERE)), { x: 0, y: 0, z: 0 });
  assert.match(said.at(-1) ?? "", /the leader points 20 cm away, at most 15 cm while the arm follows; open the clutch/);
  assert.equal(goesOn!(sight(HERE)), false);
  state.isClosed = false;
  await passMs(100);
  state.isClosed = true;
  assert.equal(goesOn!(sight(HERE)), true);
});
