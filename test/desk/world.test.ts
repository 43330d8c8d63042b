/** A virtual arm is put at the start of a trial, as eval asks for it: beside its bus, and it is held there as an arm that was just taken over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { so101Spec } from "../../robots/so101/spec.ts";
import type { AgentError } from "../../runtime/core/errors.ts";
import type { Trial, TrialStart, WorldState } from "../../runtime/core/trial.ts";
import { deskBench } from "../helpers/desk-bench.ts";

const camera = { name: "front", widthPx: 16, heightPx: 16, fovYRad: 0.8, positionM: [0.56, 0, 0.26], targetM: [0.2, 0, 0.06] } as const;
const at = (pan: number) => Float64Array.from([pan, ...so101Spec.homeRad.slice(1)]);
const cube = { cube: { positionM: [0.3, 0.1, 0.025], yawRad: 0 } } as const;
const trial: Trial = {
  start: { armRad: at(0.6), objects: cube },
  goal: { armRad: at(-0.5), objects: cube, toolM: [0.2, -0.1, 0.06] },
};

test("a reset puts the arm at the start and holds it there; the truth is the world's own, and what is told next begins there", async () => {
  await using desk = await deskBench({ cameras: [camera] });
  const robot = await desk.start();
  await desk.move(0, 0.1);
  await desk.passMs(600);
  const { goalFrames, truth } = (await robot.ask("reset", trial)) as TrialStart;
  assert.ok(Math.abs(desk.angles()[0]! - 0.6) < 0.01, `${desk.angles()[0]}`);
  assert.equal(goalFrames[0]?.camera, "front");
  assert.ok(new Set(goalFrames[0]?.rgb).size > 10, "the goal's picture shows something");
  await desk.passMs(1000);
  assert.ok(Math.abs(desk.angles()[0]! - 0.6) < 0.01, `it left its start, ${desk.angles()[0]}`);
  await desk.move(0, 0.2);
  await desk.passMs(600);
  assert.ok(Math.abs(desk.angles()[0]! - 0.8) < 0.01, `${desk.angles()[0]}`);
  const now = (await robot.ask("truth")) as WorldState;
  assert.ok(now.toolM[1] < truth.toolM[1] - 0.02, `the tool went from ${truth.toolM} to ${now.toolM}`);
  assert.deepEqual(desk.faults, []);
});

test("a real arm is put nowhere, and a virtual one not among things that are not there, or of another size", async () => {
  await using real = await deskBench();
  const robot = await real.start();
  await assert.rejects(robot.ask("reset", trial), ({ code }: AgentError) => code === "robot.rejected");
  await using desk = await deskBench({ cameras: [camera] });
  const virtual = await desk.start();
  const other = { ...trial, start: { ...trial.start, objects: { ball: cube.cube } } };
  await assert.rejects(virtual.ask("reset", other), /object "ball": is not in the scene/);
  const low = { cube: { ...cube.cube, positionM: [0.3, 0.1, 0.015] } } as const;
  await assert.rejects(
    virtual.ask("reset", { ...trial, goal: { ...trial.goal, objects: low } }),
    /"cube" is to lie with its middle at 0\.015 m, here it lies at 0\.025 m; start the arm with --scene/,
  );
  await desk.move(0, 0.1);
  await desk.passMs(600);
  assert.deepEqual(desk.faults, []);
});
