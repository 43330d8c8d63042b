/** Things that were to stay where they lay. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { allBystanders, bystandersOf } from "../../../launch/measure/bystanders.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultObject, defaultScene } from "../../../runtime/core/scene.ts";
import type { Objects, Pose } from "../../../runtime/core/trial.ts";
import { pickPlaceTrial } from "../../../skills/pick-place/trial.ts";
import { pushTrial } from "../../../skills/push/trial.ts";

const at = (x: number): Pose => ({ positionM: [x, 0, 0.025], yawRad: 0 });
const before: Objects = { cube: at(0.4), block: at(0.5), can: at(0.6) };

test("a bystander counts as moved when it is more than a centimetre from where it lay; the thing of the task is none", () => {
  const after: Objects = { cube: at(0.3), block: at(0.509), can: at(0.611) };
  assert.deepEqual(bystandersOf({ object: "cube" }, before, after), { count: 2, moved: 1 });
});

test("where the tool alone counts every thing is a bystander", () => {
  assert.deepEqual(bystandersOf({ object: null }, before, { ...before, cube: at(0.3) }), { count: 3, moved: 1 });
});

test("over several episodes they are added up, with the episodes in which one was moved; of none there is nothing to say", () => {
  assert.deepEqual(
    allBystanders([
      { count: 2, moved: 2 },
      { count: 2, moved: 0 },
      { count: 2, moved: 1 },
    ]),
    { count: 6, moved: 3, episodes: 2 },
  );
  assert.equal(allBystanders([{ count: 0, moved: 0 }]), null);
});

test("the goals of push and pick-place move one thing, and the others lie in them as they lay", () => {
  const scene = { ...defaultScene, objects: { cube: defaultObject, block: defaultObject, can: defaultObject } };
  for (const trial of [pushTrial(scene), pickPlaceTrial(scene)])
    for (let seed = 0; seed < 20; seed++) {
      const { start, goal } = trial.draw(createRng(seed));
      assert.deepEqual(bystandersOf(trial, start.objects, goal.objects), { count: 2, moved: 0 });
      assert.notDeepEqual(start.objects["cube"], goal.objects["cube"]);
    }
});
