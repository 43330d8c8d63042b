/** What a scene describes, as it is simulated, seen and exported: all from one description. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { defaultObject, defaultScene, type SceneSpec } from "../../runtime/core/scene.ts";
import { atRest } from "../../runtime/core/segment.ts";
import { type Objects, poseOf } from "../../runtime/core/trial.ts";
import { flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { createRenderer } from "../../sim/camera/renderer.ts";
import { exportScene } from "../../sim/gazebo/export-scene.ts";
import { PHYSICS_STEP_S } from "../../sim/scene.ts";
import { World } from "../../sim/world.ts";
import { fullScene } from "../helpers/full-scene.ts";

const home = atRest(Float64Array.from(pandaSpec.homeRad));

/** Where things are after `seconds` with the arm at home. */
async function settled(scene: SceneSpec, objects: Objects, seconds: number): Promise<Objects> {
  using world = await World.create(pandaSpec, scene);
  world.reset({ armRad: pandaSpec.homeRad, objects });
  for (let step = 0; step < seconds / PHYSICS_STEP_S; step++) world.step(home, PHYSICS_STEP_S);
  return world.objects();
}
const at = (x: number, y: number, z: number) => ({ positionM: [x, y, z] as Vec3, yawRad: 0 });

test("box, cylinder and ball lie still where they were put; what was not put anywhere is where it rests", async () => {
  const placed = { can: at(0.6, 0.1, 0.04), marble: at(0.6, -0.05, 0.02) };
  const after = await settled(fullScene, placed, 2);
  for (const [name, { positionM }] of Object.entries(placed)) {
    const movedM = flatDistanceM(poseOf(after, name).positionM, positionM);
    assert.ok(movedM < 1e-3 && Math.abs(poseOf(after, name).positionM[2] - positionM[2]) < 1e-3, `${name} moved ${movedM} m`);
  }
  const block = poseOf(after, "block");
  assert.ok(flatDistanceM(block.positionM, [0.5, 0.15, 0]) < 1e-3 && Math.abs(block.yawRad - 0.4) < 1e-3);
});

test("what falls into a bin stays in it, what stands on an obstacle stands there, and a screen holds up nothing", async () => {
  const post = { ...fullScene.obstacles["post"]!, centreM: [0.7, -0.2] } as const; // Where the hand is not.
  const placed = { marble: at(0.42, -0.15, 0.1), can: at(0.7, -0.2, 0.245), block: at(0.55, 0.05, 0.1) };
  const after = await settled({ ...fullScene, obstacles: { post } }, placed, 2);
  const marble = poseOf(after, "marble").positionM;
  assert.ok(flatDistanceM(marble, [0.42, -0.15, 0]) < 0.05 && Math.abs(marble[2] - 0.025) < 2e-3, `marble at ${marble}`);
  assert.ok(Math.abs(poseOf(after, "can").positionM[2] - 0.24) < 2e-3, "the can stands on the post");
  assert.ok(Math.abs(poseOf(after, "block").positionM[2] - 0.025) < 2e-3, "the block fell through the screen");
});

test("a lifted obstacle hangs over the table", async () => {
  const shelf = { ...fullScene.obstacles["post"]!, shape: { kind: "box", sizeM: [0.2, 0.2, 0.01] }, liftM: 0.1 } as const;
  const scene = { ...defaultScene, obstacles: { shelf } };
  const after = await settled(scene, { cube: at(0.5, 0, 0.2) }, 1);
  assert.ok(Math.abs(poseOf(after, "cube").positionM[2] - 0.135) < 2e-3);
});

const camera = { name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [1.12, 0, 0.42], targetM: [0.5, 0, 0.03] } as const;

/** How many pixels have about this hue: each channel's share of the brightest within a tenth. */
async function pixelsOf(scene: SceneSpec, objects: Objects, rgb: Vec3): Promise<number> {
  using world = await World.create(pandaSpec, scene);
  world.reset({ armRad: pandaSpec.homeRad, objects });
  const picture = createRenderer(world.model).render(world.data, camera);
  const most = Math.max(...rgb);
  let count = 0;
  for (let pixel = 0; pixel < picture.length; pixel += 3) {
    const seen = picture.subarray(pixel, pixel + 3);
    const brightest = Math.max(...seen);
    if (brightest > 40 && rgb.every((value, channel) => Math.abs(seen[channel]! / brightest - value / most) < 0.1)) count++;
  }
  return count;
}

test("the camera sees every thing in its colour, and nothing of what an occluder stands in front of", async () => {
  const { can, marble, block } = fullScene.objects as Record<string, typeof defaultObject>;
  const placed = { can: at(0.6, 0.1, 0.04), marble: at(0.65, -0.05, 0.02) };
  for (const { rgb } of [can!, marble!, block!, fullScene.bins["tray"]!, fullScene.occluders["screen"]!]) {
    assert.ok((await pixelsOf(fullScene, placed, rgb)) >= 3, `colour ${rgb}`);
  }
  const screen = { ...fullScene.occluders["screen"]!, shape: { kind: "box", sizeM: [0.01, 0.3, 0.3] }, centreM: [0.8, 0] } as const;
  assert.equal(await pixelsOf({ ...fullScene, occluders: { screen } }, placed, marble!.rgb), 0, "the marble is hidden");
});

test("lights and their strength are the scene's", async () => {
  const brightness = async (scene: SceneSpec): Promise<number> => {
    using world = await World.create(pandaSpec, scene);
    world.reset({ armRad: pandaSpec.homeRad });
    return createRenderer(world.model)
      .render(world.data, camera)
      .reduce((sum, value) => sum + value, 0);
  };
  const [usual, dark, lamp] = [
    await brightness(defaultScene),
    await brightness({ ...defaultScene, lights: {} }),
    await brightness({ ...defaultScene, lights: { lamp: { ...defaultScene.lights["key"]!, isDirectional: false, strength: 1 } } }),
  ];
  assert.ok(dark < 0.9 * usual && lamp > 1.02 * dark, `${usual}, without lights ${dark}, with a lamp ${lamp}`);
});

test("Gazebo gets the same things: loose ones with their pose told, fixed ones static, occluders without anything to touch", async () => {
  const files = await exportScene({
    ...{
      robot: pandaSpec,
      scene: fullScene,
      cameras: [],
      cameraRateHz: 20,
      release: "fortress",
      controller: "trajectory",
      realTimeFactor: 1,
    },
  });
  const world = files.get("world.sdf")!;
  const modelOf = (name: string): string => world.match(new RegExp(`<model name="${name}">[\\s\\S]*?</model>`))?.[0] ?? "";
  for (const name of ["can", "marble", "block"]) assert.match(modelOf(name), /<mass>[\s\S]*pose-publisher/, name);
  assert.match(modelOf("can"), /<cylinder>\s*<radius>0\.025<\/radius>\s*<length>0\.08<\/length>/);
  assert.match(modelOf("marble"), /<sphere>\s*<radius>0\.02<\/radius>/);
  for (const name of ["post", "tray-floor", "tray-left", "screen"]) assert.match(modelOf(name), /<static>true<\/static>/, name);
  assert.match(modelOf("post"), /<collision/);
  assert.match(modelOf("screen"), /<visual/);
  assert.doesNotMatch(modelOf("screen"), /<collision/);
});

test("a thing that has the name of a part of the robot is refused in words", async () => {
  await assert.rejects(World.create(pandaSpec, { ...defaultScene, objects: { hand: defaultObject } }), {
    code: "launch.invalid",
    message: /^scene around "panda": MuJoCo refuses it \(.*repeated name 'hand'.*\); change backend\.scene$/,
  });
});
