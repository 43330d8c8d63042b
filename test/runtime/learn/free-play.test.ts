/** Label-free play on an arm that goes exactly where it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { createFreePlayer, type PlayArea } from "../../../runtime/learn/free-play.ts";

const STEP_M = 0.03;
const FLAT: PlayArea = { minM: [0.3, -0.32, 0.03], maxM: [0.72, 0.32, 0.03] };
const SPACE: PlayArea = { minM: [0.3, -0.32, 0.075], maxM: [0.72, 0.32, 0.3] };
const START: Vec3 = [0.5, 0, 0.03];

/** Tool points and actions of so many decisions; a held tool stays where it is. */
function play(area: PlayArea, steps: number, { seed = 1, isHeld = false } = {}): { toolM: Vec3; action: Vec3 }[] {
  const player = createFreePlayer(createRng(seed), area, STEP_M);
  let toolM: Vec3 = [START[0], START[1], area.minM[2]];
  return Array.from({ length: steps }, () => {
    const action = player(toolM);
    const done = { toolM, action };
    if (!isHeld) toolM = toolM.map((value, axis) => value + STEP_M * action[axis]!) as unknown as Vec3;
    return done;
  });
}

test("actions stay in [-1, 1], and the tool stays in its area but for the noise of a step or two", () => {
  for (const area of [FLAT, SPACE]) {
    for (const { toolM, action } of play(area, 5000)) {
      for (const value of action) assert.ok(value >= -1 && value <= 1, `${value}`);
      for (const axis of [0, 1, 2] as const)
        assert.ok(toolM[axis] > area.minM[axis] - 2 * STEP_M && toolM[axis] < area.maxM[axis] + 2 * STEP_M, `${toolM}`);
    }
  }
});

test("where the height is held, play never asks for another", () => {
  assert.ok(play(FLAT, 2000).every(({ action }) => action[2] === 0));
  assert.ok(play(SPACE, 2000).some(({ action }) => Math.abs(action[2]) > 0.5));
});

test("it comes to every part of its area, to the middle more often than to any corner, and pauses now and then", () => {
  const cells = new Map<string, number>();
  const done = play(FLAT, 6000);
  for (const { toolM } of done) {
    const cell = `${Math.floor((3 * (toolM[0] - 0.3)) / 0.42)} ${Math.floor((3 * (toolM[1] + 0.32)) / 0.64)}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  const visits = (i: number, j: number): number => cells.get(`${i} ${j}`) ?? 0;
  for (const i of [0, 1, 2]) for (const j of [0, 1, 2]) assert.ok(visits(i, j) > 50, `cell ${i} ${j}: ${visits(i, j)} of 6000`);
  for (const i of [0, 2]) for (const j of [0, 2]) assert.ok(visits(1, 1) > visits(i, j), `corner ${i} ${j}`);
  assert.ok(done.filter(({ action }) => action.every((value) => value === 0)).length > 20);
});

test("it returns to where it has been: a place beyond its area, where it was put once, is visited again", () => {
  const player = createFreePlayer(createRng(2), FLAT, STEP_M);
  const outside: Vec3 = [0.5, 0.5, 0.03];
  for (let i = 0; i < 40; i++) player(outside); // Held there, it remembers nothing else.
  let toolM: Vec3 = [0.5, 0, 0.03];
  let back = 0;
  for (let i = 0; i < 600; i++) {
    const [dx, dy] = player(toolM);
    toolM = [toolM[0] + STEP_M * dx, toolM[1] + STEP_M * dy, 0.03];
    if (Math.hypot(toolM[0] - outside[0], toolM[1] - outside[1]) < 0.03) back++;
  }
  assert.ok(back > 0);
});

test("held up, it soon wants to go elsewhere instead of pushing on", () => {
  const directions = play(FLAT, 60, { isHeld: true }).map(({ action }) => Math.sign(Math.round(2 * action[0])));
  let longest = 0;
  let run = 0;
  for (const [i, direction] of directions.entries()) {
    run = direction !== 0 && direction === directions[i - 1] ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  assert.ok(longest < 30, `the same way ${longest} times in a row`);
});

test("play is a function of its seed", () => {
  assert.deepEqual(play(FLAT, 300, { seed: 4 }), play(FLAT, 300, { seed: 4 }));
  assert.notDeepEqual(play(FLAT, 300, { seed: 4 }), play(FLAT, 300, { seed: 5 }));
});
