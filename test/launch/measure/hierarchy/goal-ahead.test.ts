/** Where a goal that lies so many decisions ahead may be, and how it is judged, on films of a thing that moves 1 cm a decision. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawGoalAhead, judgedAt } from "../../../../launch/measure/hierarchy/goal-ahead.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { defaultScene } from "../../../../runtime/core/scene.ts";
import type { WorldState } from "../../../../runtime/core/trial.ts";
import { pickPlaceTrial } from "../../../../skills/pick-place/trial.ts";
import { pushTrial } from "../../../../skills/push/trial.ts";

const at = (x: number, openingM: number): WorldState => ({
  toolM: [x, 0, 0.1],
  objects: { cube: { positionM: [x, 0, 0.1], yawRad: 0 } },
  openingM,
});
/** Still for so many decisions, then carried on and on. */
const carriedFrom = (decision: number, length: number): readonly WorldState[] =>
  Array.from({ length }, (_, i) => at(0.4 + 0.01 * Math.max(0, i - decision), 0.05));
const push = pushTrial(defaultScene);
const pickPlace = pickPlaceTrial(defaultScene);

test("a goal is so many decisions after the beginning, and the way has what lies between them every five decisions", () => {
  const film = carriedFrom(0, 40);
  for (let seed = 0; seed < 50; seed++) {
    const drawn = drawGoalAhead(film, 20, push, createRng(seed))!;
    assert.equal(drawn.goal, film[drawn.begins + 20]);
    assert.deepEqual(
      drawn.way,
      [5, 10, 15].map((later) => film[drawn.begins + later]),
    );
  }
  assert.deepEqual(drawGoalAhead(film, 5, push, createRng(1))!.way, [], "five decisions ahead there is nothing between");
});

test("no episode begins where its goal is reached, or would be while the arm comes to rest", () => {
  const begins = Array.from({ length: 200 }, (_, seed) => drawGoalAhead(carriedFrom(10, 20), 5, push, createRng(seed))!.begins);
  assert.deepEqual([Math.min(...begins), Math.max(...begins)], [8, 14], "3 cm away at the beginning, and a decision later");
});

test("a film in which nothing moves far enough, or that is too short, gives no goal", () => {
  for (const film of [carriedFrom(30, 30), carriedFrom(0, 20), []]) assert.equal(drawGoalAhead(film, 20, push, createRng(1)), null);
});

test("a goal that has the thing in the hand is judged by where the thing is, and a goal that has it released as the trial judges", () => {
  const [held, released] = [at(0.4, 0.05), at(0.4, 0.08)];
  assert.ok(pickPlace.errorM(held, held) > pickPlace.successM, "a trial wants it released");
  assert.equal(judgedAt(pickPlace, held).errorM(held, held), 0);
  assert.ok(Math.abs(judgedAt(pickPlace, held).errorM(at(0.43, 0.08), held) - 0.03) < 1e-9);
  assert.equal(judgedAt(pickPlace, released).errorM(held, released), pickPlace.errorM(held, released));
  assert.equal(judgedAt(pickPlace, released).stages, undefined, "stages are of the trial's own goal");
});
