/** The table stands elsewhere: everything of an episode and of play moves with it, and at its default no bit of any number changes. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { onTable } from "../../../runtime/assemble/draw-trial.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene, type SceneSpec } from "../../../runtime/core/scene.ts";
import { defaultTable, tableFrame } from "../../../runtime/core/table.ts";
import { poseOf, type WorldState } from "../../../runtime/core/trial.ts";
import { distanceM, type Vec3 } from "../../../runtime/core/vec3.ts";
import { World } from "../../../sim/world.ts";
import { trials } from "../../../skills/index.ts";
import { isInPlay } from "../../../skills/push/play.ts";
import { collected } from "../../helpers/collected.ts";

const MOVED = { centreM: [0.42, 0.06], yawRad: 0.3 } as const;
const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What is drawn for a seed, in the words of that time: one cube, base frame. */
function episode(task: "push" | "reach", seed: number, scene: SceneSpec) {
  const { start, goal } = trials[task]!(scene).draw(createRng(seed));
  const said = (state: WorldState) => {
    const { toolM, objects } = onTable(state, tableFrame(scene.table));
    return { cube: poseOf(objects, "cube"), toolM };
  };
  return { start: said(start), goal: said(goal) };
}

/** Of the release before tables could move. */
const BEFORE = {
  push: {
    episodes: "f8282251f385a6f47b5c91bdbfd1cd893454babfb5747d263ca5782d3552eaf8",
  },
  reach: {
    episodes: "bd05b271967b25a378cb72cf4964f28e63585d2cfaea21af2be52be90a06031d",
  },
} as const;

for (const task of ["push", "reach"] as const) {
  test(`${task}: with the default table the episodes of a seed are what they were, to the last bit`, () => {
    const episodes = (scene: SceneSpec): string =>
      sha256(JSON.stringify(Array.from({ length: 500 }, (_, seed) => episode(task, seed, scene))));
    assert.equal(episodes(defaultScene), BEFORE[task].episodes);
    assert.equal(episodes({ ...defaultScene, table: defaultTable }), BEFORE[task].episodes);
  });
}

test("there and back again is the same place, and distances stay", () => {
  const { toBase, fromBase, turnToBase, turnFromBase } = tableFrame(MOVED);
  const [a, b]: [Vec3, Vec3] = [
    [0.5, 0.1, 0.03],
    [0.38, -0.2, 0.2],
  ];
  assert.ok(distanceM(fromBase(toBase(a)), a) < 1e-12 && distanceM(turnFromBase(turnToBase(a)), a) < 1e-12);
  assert.ok(Math.abs(distanceM(toBase(a), toBase(b)) - distanceM(a, b)) < 1e-12);
  const [x, y] = toBase([...defaultTable.centreM, 0]);
  assert.ok(Math.hypot(x - MOVED.centreM[0], y - MOVED.centreM[1]) < 1e-12, "the table's centre is where it was put");
});

test("an episode on a table that stands elsewhere is the same episode, seen from elsewhere", () => {
  const { fromBase } = tableFrame(MOVED);
  for (let seed = 0; seed < 50; seed++) {
    const here = episode("push", seed, defaultScene);
    const there = episode("push", seed, { ...defaultScene, table: MOVED });
    assert.ok(distanceM(fromBase(there.start.cube.positionM), here.start.cube.positionM) < 1e-12);
    assert.ok(distanceM(fromBase(there.goal.toolM), here.goal.toolM) < 1e-12);
    assert.ok(Math.abs(there.goal.cube.yawRad - here.goal.cube.yawRad - MOVED.yawRad) < 1e-12);
  }
});

test("the simulated table and its cube stand there, and play stays on it and still moves the cube", async () => {
  const scene = { ...defaultScene, table: MOVED };
  const frame = tableFrame(MOVED);
  using world = await World.create(pandaSpec, scene);
  world.reset({ armRad: pandaSpec.homeRad, objects: { cube: { positionM: frame.toBase([0.9, 0.5, 0.025]), yawRad: 0 } } });
  const home = {
    positionRad: Float64Array.from(pandaSpec.homeRad),
    velocityRadPerS: new Float64Array(7),
    accelerationRadPerS2: new Float64Array(7),
  };
  world.step(home, 1);
  assert.ok(
    Math.abs(poseOf(world.objects(), "cube").positionM[2] - 0.025) < 0.002,
    "near the corner of the turned table the cube lies on it",
  );
  const overrides = [
    "backend.scene.table:={ centreM: [0.42, 0.06], yawRad: 0.3 }",
    "guards.workspace.minM:=[0.1, -0.5, 0.015]",
    "guards.workspace.maxM:=[0.85, 0.5, 0.45]",
  ];
  using data = await collected({ overrides, rows: 240 });
  const columns = data.columns(["episode", "object.x", "object.y", "object.z"]);
  let moved = 0;
  for (let row = 0; row < data.rowCount; row++) {
    const [episode, x, y, z] = columns.subarray(4 * row, 4 * row + 4) as unknown as [number, number, number, number];
    assert.ok(isInPlay([x, y, z], scene, "cube"), `row ${row}: cube at (${x}, ${y}) m`);
    const [before, wasX, wasY] = columns.subarray(4 * row - 4, 4 * row - 1);
    if (before === episode && Math.hypot(x - wasX!, y - wasY!) > 0.001) moved++;
  }
  assert.ok(moved / data.rowCount > 0.1, `${moved} of ${data.rowCount} decisions move the cube`);
  assert.deepEqual((data.meta.scene as { table?: unknown }).table, MOVED);
});
