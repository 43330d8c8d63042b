/** The gripper of a ROS arm during motion: one goal under way, the newest wins, a hold takes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGripperChannel } from "../../../../runtime/bridge/ros2/gripper-channel.ts";
import type { Gripper } from "../../../../runtime/bridge/ros2/gripper-client.ts";
import { readFingers } from "../../../../runtime/bridge/ros2/joint-state.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { grippingSpec } from "../../../helpers/kinematic-arm.ts";

const spec = grippingSpec.gripper!;
const close = { openingM: 0, speedMPerS: 0.1, forceN: 20 };
const open = { openingM: 0.08, speedMPerS: 0.1, forceN: 20 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function make() {
  const goals: { readonly opening: number; readonly end: (error?: AgentError) => void }[] = [];
  let canceled = 0;
  const gripper: Gripper = {
    move: (opening) =>
      new Promise((resolve, reject) => {
        goals.push({ opening, end: (error) => (error ? reject(error) : resolve({ stalled: false, reachedGoal: true })) });
      }),
    cancel() {
      canceled++;
      goals.at(-1)?.end(new AgentError("robot.aborted", "gripper: canceled by its driver"));
    },
    isConnected: () => true,
  };
  const faults: AgentError[] = [];
  const channel = createGripperChannel(gripper, spec, (fault) => faults.push(fault));
  return { channel, goals, faults, canceled: () => canceled };
}

test("what is told beat after beat is one goal", async () => {
  const { channel, goals } = make();
  for (let beat = 0; beat < 5; beat++) channel.command({ ...close });
  await turn();
  assert.deepEqual(
    goals.map(({ opening }) => opening),
    [0],
  );
});

test("what is told newly takes back what is under way, and of what waits only the newest is pursued", async () => {
  const { channel, goals, faults } = make();
  channel.command(close);
  channel.command(open);
  channel.command({ ...close, openingM: 0.02 });
  await turn();
  assert.deepEqual(
    goals.map(({ opening }) => opening),
    [0, 0.25],
  );
  assert.deepEqual(faults, [], "a goal that was taken back is no fault");
});

test("a hold takes back what is under way and sends nothing", async () => {
  const { channel, goals, faults, canceled } = make();
  channel.command(close);
  channel.command({ ...close, speedMPerS: 0 });
  await turn();
  assert.deepEqual([goals.length, canceled(), faults.length], [1, 1, 0]);
  channel.command({ ...close, speedMPerS: 0 });
  await turn();
  assert.equal(goals.length, 1, "nor when it is told again");
});

test("a goal that fails by itself is a fault, once", async () => {
  const { channel, goals, faults } = make();
  channel.command(close);
  goals[0]!.end(new AgentError("robot.aborted", "gripper: stuck"));
  await turn();
  channel.command(close);
  await turn();
  assert.deepEqual(
    faults.map(({ message }) => message),
    ["gripper: stuck"],
  );
  assert.equal(goals.length, 1);
});

test("the opening is read from the fingers by their names, with the larger effort where there is one", () => {
  const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: "" };
  const fingers = { spec, names: ["r_left", "r_right"] };
  const message = { header, name: ["a", "r_right", "r_left"], position: [1, 0.01, 0.03], velocity: [], effort: [] };
  assert.deepEqual(readFingers(message, fingers), { openingM: 0.04 });
  assert.deepEqual(readFingers({ ...message, effort: [9, -5, 3] }, fingers), { openingM: 0.04, effortN: 5 });
  assert.equal(readFingers({ ...message, name: ["a", "b", "r_left"] }, fingers), undefined);
});
