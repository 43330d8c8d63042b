import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { atRest } from "../../runtime/core/segment.ts";
import { poseOf } from "../../runtime/core/trial.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { PHYSICS_STEP_S } from "../../sim/scene.ts";
import { World } from "../../sim/world.ts";

const kinematics = await createKinematics(pandaSpec);
const down = (positionM: readonly [number, number, number]): Float64Array =>
  kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down" }).positionRad;
const cube = { positionM: [0.5, 0, 0.025], yawRad: 0.2 } as const;

const cubeOf = (world: World) => poseOf(world.objects(), "cube");

/** Sweeps the tool along x through the cube's place in 2 s. */
function sweep(world: World): void {
  const armRad = down([0.4, 0, 0.03]);
  world.reset({ armRad, objects: { cube } });
  const velocityRadPerS = new Float64Array(7);
  for (let step = 1; step <= 500; step++) {
    const command = { ...atRest(down([0.4 + 0.15 * (step / 500), 0, 0.03])), velocityRadPerS };
    world.step(command, PHYSICS_STEP_S);
  }
}

test("a reset puts arm and cube where they are told to be, at rest", async () => {
  using world = await World.create(pandaSpec, defaultScene);
  world.reset({ armRad: down([0.45, 0.1, 0.1]), objects: { cube } });
  assert.ok(Math.hypot(world.toolM()[0] - 0.45, world.toolM()[1] - 0.1, world.toolM()[2] - 0.1) < 1e-5);
  assert.deepEqual(cubeOf(world).positionM, cube.positionM);
  assert.ok(Math.abs(cubeOf(world).yawRad - 0.2) < 1e-12);
  assert.equal(world.timeS, 0);
  for (let step = 0; step < 250; step++) world.step(atRest(down([0.45, 0.1, 0.1])), PHYSICS_STEP_S);
  assert.ok(Math.hypot(cubeOf(world).positionM[0] - 0.5, cubeOf(world).positionM[1]) < 1e-4, "the cube stays");
  assert.ok(world.speedMPerS("cube") < 1e-3);
});

test("the closed gripper pushes the cube along, and the cube stays on the table", async () => {
  using world = await World.create(pandaSpec, defaultScene);
  sweep(world);
  const [x, y, z] = cubeOf(world).positionM;
  assert.ok(x > 0.56 && x < 0.65, `x ${x}`);
  assert.ok(Math.abs(y) < 0.03 && Math.abs(z - 0.025) < 0.002, `y ${y} z ${z}`);
  assert.ok(Math.abs(world.toolM()[0] - 0.55) < 0.01, `tool ${world.toolM()[0]}`);
});

test("another world of the same robot and scene that is told how one stands stands so", async () => {
  using world = await World.create(pandaSpec, defaultScene);
  using other = await World.create(pandaSpec, defaultScene);
  sweep(world);
  other.stand(world.stands());
  assert.deepEqual(other.joints().positionRad, world.joints().positionRad);
  assert.deepEqual(cubeOf(other), cubeOf(world));
  const apartM = other.toolM().map((at, axis) => Math.abs(at - world.toolM()[axis]!));
  assert.ok(Math.max(...apartM) < 1e-3, `${apartM}`); // A step of the physics tells where the tool was before it.
});

test("the same commands give the same bytes, also after a reset", async () => {
  using world = await World.create(pandaSpec, defaultScene);
  using other = await World.create(pandaSpec, defaultScene);
  const states = [world, other, world].map((each) => {
    sweep(each);
    return Buffer.from((each.data.qpos as Float64Array).slice().buffer).toString("hex");
  });
  assert.equal(states[1], states[0]);
  assert.equal(states[2], states[0]);
});

test("a haunted thing touches nothing until the next reset: the table does not carry it", async () => {
  using world = await World.create(pandaSpec, defaultScene);
  const armRad = down([0.45, 0.2, 0.1]);
  world.reset({ armRad, objects: { cube } });
  world.haunt("cube", cube);
  for (let step = 0; step < 100; step++) world.step(atRest(armRad), PHYSICS_STEP_S);
  assert.ok(cubeOf(world).positionM[2] < -0.1, "it fell through");
  world.reset({ armRad, objects: { cube } });
  for (let step = 0; step < 100; step++) world.step(atRest(armRad), PHYSICS_STEP_S);
  assert.ok(Math.abs(cubeOf(world).positionM[2] - 0.025) < 1e-3, "it lies again");
});
