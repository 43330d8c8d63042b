/** When the imagined path is handed to Gazebo, with a robot that only remembers what it was asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imaginedPainter } from "../../../../launch/backends/gazebo/imagined-painter.ts";
import type { Tick } from "../../../../runtime/core/tick.ts";

const wanted = { kind: "gazebo", drawImagined: true } as const;
const tick = (imagined: readonly number[]): Pick<Tick, "decision"> => ({
  decision: { toolM: [0.5, 0, 0.03], imaginedToolM: new Float32Array(imagined) } as unknown as Tick["decision"],
});

function robotThat(answer: () => Promise<unknown>) {
  const asked: unknown[] = [];
  const ask = (name: string, payload: unknown): Promise<unknown> => {
    asked.push([name, payload]);
    return answer();
  };
  return { asked, ask };
}

test("nothing is drawn unless the launch file asks for it", () => {
  const robot = robotThat(async () => null);
  assert.equal(imaginedPainter({ kind: "gazebo", drawImagined: false }, robot, assert.fail), null);
  assert.equal(imaginedPainter({ kind: "sim" }, robot, assert.fail), null);
});

test("the path goes from the tool along the imagined points; a decision that imagined nothing draws nothing", async () => {
  const robot = robotThat(async () => null);
  const paint = imaginedPainter(wanted, robot, assert.fail)!;
  await paint(tick([]));
  await paint(tick([0.5, 0.25, 0, 0.75, 0.5, 0]));
  const pathM = [
    [0.5, 0, 0.03],
    [0.5, 0.25, 0],
    [0.75, 0.5, 0],
  ];
  assert.deepEqual(robot.asked, [["draw", { pathM }]]);
});

test("while one drawing is under way newer ones are left out", async () => {
  let finish = (): void => {};
  const robot = robotThat(() => new Promise((resolve) => (finish = () => resolve(null))));
  const paint = imaginedPainter(wanted, robot, assert.fail)!;
  const first = paint(tick([1, 1, 1]));
  await paint(tick([2, 2, 2]));
  finish();
  await first;
  const third = paint(tick([3, 3, 3]));
  finish();
  await third;
  assert.equal(robot.asked.length, 2);
});

test("a drawing that fails is said once and is the last: nothing waits for it again", async () => {
  const said: string[] = [];
  const robot = robotThat(() => Promise.reject(new Error("nobody offers it")));
  const paint = imaginedPainter(wanted, robot, (text) => said.push(text))!;
  await paint(tick([1, 1, 1]));
  await paint(tick([1, 1, 1]));
  assert.deepEqual(said, ["the imagined path is not drawn: nobody offers it"]);
  assert.equal(robot.asked.length, 1);
});
