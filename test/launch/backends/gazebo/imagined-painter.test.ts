/** When the imagined path is handed to Gazebo, with a world that only remembers what it was asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gazebo } from "../../../../launch/backends/gazebo/backend.ts";
import { goalPointM, imaginedPainter } from "../../../../launch/backends/gazebo/imagined-painter.ts";
import { gazeboSchema } from "../../../../launch/backends/gazebo/schema.ts";
import { createFanOut } from "../../../../runtime/assemble/fan-out.ts";
import { SystemClock } from "../../../../runtime/core/clock.ts";
import { defaultScene } from "../../../../runtime/core/scene.ts";
import type { Tick } from "../../../../runtime/core/tick.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import { trials } from "../../../../skills/index.ts";
import { trialFor } from "../../../helpers/trials.ts";

const tick = (imagined: readonly number[]): Tick =>
  ({ decision: { toolM: [0.5, 0, 0.03], imaginedToolM: new Float32Array(imagined) } }) as unknown as Tick;

function worldThat(answer: () => Promise<void>) {
  const asked: unknown[] = [];
  const draw = (pathM: readonly Vec3[], goalM: Vec3 | null): Promise<void> => {
    asked.push({ pathM, goalM });
    return answer();
  };
  return { asked, draw };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("nothing is drawn unless the launch file asks for it", () => {
  const section = (drawImagined: boolean) => gazeboSchema.parse({ kind: "gazebo", drawImagined });
  const opened = { world: worldThat(async () => {}) } as unknown as Parameters<NonNullable<typeof gazebo.taps>>[1];
  assert.equal(gazebo.taps?.(section(false), opened, null, null).length, 0);
  assert.equal(gazebo.taps?.(section(true), opened, null, null).length, 1);
});

test("the path goes from the tool along the imagined points to the goal; a decision that imagined nothing draws nothing", async () => {
  const world = worldThat(async () => {});
  const paint = imaginedPainter(world.draw, [1, 2, 3]);
  paint.tick?.(tick([]));
  paint.tick?.(tick([0.5, 0.25, 0, 0.75, 0.5, 0]));
  const pathM = [
    [0.5, 0, 0.03],
    [0.5, 0.25, 0],
    [0.75, 0.5, 0],
  ];
  assert.deepEqual(world.asked, [{ pathM, goalM: [1, 2, 3] }]);
});

test("the goal is where the object shall be, or the tool where a skill moves none", async () => {
  const trial = await trialFor("push", 1);
  assert.deepEqual(goalPointM(trial, trials["push"]!(defaultScene)), trial.goal.objects["cube"]!.positionM);
  const reach = await trialFor("reach", 1);
  assert.deepEqual(goalPointM(reach, trials["reach"]!(defaultScene)), reach.goal.toolM);
  assert.equal(goalPointM(null, null), null);
});

test("while one drawing is under way newer ones are left out", async () => {
  let finish = (): void => {};
  const world = worldThat(() => new Promise((resolve) => (finish = resolve)));
  const paint = imaginedPainter(world.draw, null);
  paint.tick?.(tick([1, 1, 1]));
  paint.tick?.(tick([2, 2, 2]));
  finish();
  await settled();
  paint.tick?.(tick([3, 3, 3]));
  finish();
  assert.equal(world.asked.length, 2);
});

test("a drawing that fails is said once and is the last: nothing waits for it again", async () => {
  const said: string[] = [];
  const world = worldThat(() => Promise.reject(new Error("nobody offers it")));
  await using fanOut = createFanOut([imaginedPainter(world.draw, null)], new SystemClock(), (text) => said.push(text));
  for (let decision = 0; decision < 3; decision++) {
    fanOut.tell("tick", tick([1, 1, 1]));
    await settled();
  }
  assert.deepEqual(said, ["drawing of the imagined path: hears no more, it failed: nobody offers it; the arm goes on without it"]);
  assert.equal(world.asked.length, 1);
});
