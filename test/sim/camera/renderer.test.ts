import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { projectToPixel } from "../../../runtime/core/projection.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { createRenderer } from "../../../sim/camera/renderer.ts";
import { cameraAt, darkRoom, flatLight, front, makeWorld, pixel, redBlob } from "./scene-helper.ts";

const RED = 'rgba="1 0 0 1"';
const GREEN = 'rgba="0 1 0 1"';
const sky = [150, 165, 180];
const freeCube = `<body pos="0.5 0 0.025"><freejoint/><geom type="box" size=".025 .025 .025" ${RED}/></body>`;
const table = '<geom type="box" pos="0.5 0 -0.02" size=".5 .5 .02" rgba="0.6 0.6 0.6 1"/>';

test("a ball's outline has the radius that geometry says", () => {
  const { model, data } = makeWorld(`<geom type="sphere" size=".1" ${RED}/>`);
  const camera = cameraAt([0, -1, 0], [0, 0, 0], 200);
  const { areaPx, xPx, yPx } = redBlob(createRenderer(model, { skyRgb: [0, 0, 0] }).render(data, camera), camera);
  // A ball of radius r at distance d is seen under the half angle asin(r / d).
  const radiusPx = (100 / Math.tan(camera.fovYRad / 2)) * Math.tan(Math.asin(0.1));
  assert.ok(Math.abs(Math.sqrt(areaPx / Math.PI) - radiusPx) < 0.15, `${Math.sqrt(areaPx / Math.PI)} px against ${radiusPx} px`);
  assert.ok(Math.abs(xPx - 100) < 0.1 && Math.abs(yPx - 100) < 0.1);
});

test("a drawn object lies where projectToPixel says", () => {
  const { model, data } = makeWorld(`<geom type="sphere" size=".03" pos="0.55 0.12 0.1" ${RED}/>`);
  const camera: CameraSpec = { ...front, widthPx: 320, heightPx: 240 };
  const blob = redBlob(createRenderer(model, { skyRgb: [0, 0, 0] }).render(data, camera), camera);
  const expected = projectToPixel(camera, [0.55, 0.12, 0.1]);
  assert.ok(Math.hypot(blob.xPx - expected.xPx, blob.yPx - expected.yPx) < 0.5);
});

for (const [type, size, expectedPx] of [
  ["sphere", ".1", Math.PI * 0.01],
  ["capsule", ".05 .1", Math.PI * 0.0025 + 0.02],
  ["ellipsoid", ".1 .05 .05", Math.PI * 0.005],
  ["cylinder", ".05 .1", 0.02],
  ["box", ".1 .05 .05", 0.02],
  ["mesh", "", 0.02],
] as const) {
  test(`a ${type} is drawn with its area`, () => {
    const geom = type === "mesh" ? 'type="mesh" mesh="brick"' : `type="${type}" size="${size}"`;
    const { model, data } = makeWorld(`<geom ${geom} ${RED}/>`, flatLight + brick);
    // From far away the picture is nearly parallel; the field of view is 0.5 m wide.
    const camera: CameraSpec = { ...cameraAt([0, -20, 0], [0, 0, 0], 100), fovYRad: 2 * Math.atan(0.25 / 20) };
    const rgb = createRenderer(model, { supersample: 4, skyRgb: [0, 0, 0] }).render(data, camera);
    const { areaPx } = redBlob(rgb, camera);
    assert.ok(Math.abs(areaPx / 40_000 / expectedPx - 1) < 0.03, `${areaPx / 40_000} m2 against ${expectedPx} m2`);
  });
}

const brick = `<asset><mesh name="brick" vertex="-.1 -.05 -.05 .1 -.05 -.05 .1 .05 -.05 -.1 .05 -.05 -.1 -.05 .05 .1 -.05 .05 .1 .05 .05 -.1 .05 .05"/></asset>`;

test("a plane is seen from above and not from below", () => {
  const { model, data } = makeWorld(`<geom type="plane" size="0 0 1" ${RED}/>`);
  const renderer = createRenderer(model);
  const above = cameraAt([0, 0, 1], [1, 0, 0]);
  const below = cameraAt([0, 0, -1], [1, 0, 0]);
  assert.deepEqual(pixel(renderer.render(data, above), above, 32, 32), [255, 0, 0]);
  assert.deepEqual(pixel(renderer.render(data, below), below, 32, 32), sky);
});

test("a mesh looks like the same box as a primitive", () => {
  const lights = `${darkRoom}<visual><headlight ambient=".3 .3 .3" diffuse=".5 .5 .5"/></visual>`;
  const place = 'pos="0.5 0 0.1" euler="20 30 40" rgba="0.9 0.7 0.5 1"';
  const lamp = '<light directional="true" dir="-1 -.3 -1"/>';
  const box = makeWorld(`${lamp}<geom type="box" size=".1 .05 .05" ${place}/>`, lights);
  const mesh = makeWorld(`${lamp}<geom type="mesh" mesh="brick" ${place}/>`, lights + brick);
  const a = createRenderer(box.model).render(box.data, front);
  const b = createRenderer(mesh.model).render(mesh.data, front);
  const differing = a.filter((value, i) => Math.abs(value - b[i]!) > 1).length;
  // The mesh's vertices are 32-bit numbers: a sample on an outline may fall on the other side.
  assert.ok(differing <= 12, `${differing} bytes differ`);
  assert.ok(a.filter((value, i) => value !== sky[i % 3]).length > 500);
});

test("each face of a box has one colour, brightest where it faces the light", () => {
  const lamp = '<light directional="true" dir="0 0 -1" diffuse="1 1 1" ambient="0.2 0.2 0.2"/>';
  const { model, data } = makeWorld(`${lamp}<geom type="box" size=".2 .2 .2" rgba="0.5 0.25 0.125 1"/>`, darkRoom);
  const camera = cameraAt([2, 0, 1.2], [0, 0, 0]);
  const rgb = createRenderer(model).render(data, camera);
  const at = (point: [number, number, number]): number[] => {
    const { xPx, yPx } = projectToPixel(camera, point);
    return pixel(rgb, camera, Math.floor(xPx), Math.floor(yPx));
  };
  assert.deepEqual(at([0.05, 0.05, 0.2]), [153, 77, 38], "top: ambient 0.2 + diffuse 1 of (127.5, 63.75, 31.875)");
  assert.deepEqual(at([-0.1, -0.1, 0.2]), [153, 77, 38]);
  assert.deepEqual(at([0.2, 0.1, 0]), [26, 13, 6], "side: ambient only");
  assert.deepEqual(at([0.2, -0.1, -0.1]), [26, 13, 6]);
});

test("a light at a place falls off with the angle and with its attenuation", () => {
  const world = (attenuation: string): number => {
    const lamp = `<light pos="0 0 2" dir="0 0 -1" diffuse="1 1 1" ambient="0 0 0" attenuation="${attenuation}"/>`;
    const { model, data } = makeWorld(`${lamp}<geom type="plane" size="1 1 1" rgba="1 1 1 1"/>`, darkRoom);
    const camera = cameraAt([0, 0, 1], [0, 0, 0]);
    return pixel(createRenderer(model).render(data, camera), camera, 32, 32)[0]!;
  };
  assert.ok(world("1 0 0") >= 253);
  assert.ok(Math.abs(world("0 0 1") - 255 / 4) <= 2);
});

test("what is nearer hides what is farther, in whatever order the model lists them", () => {
  const near = `<geom type="box" pos="0 -.2 0" size=".1 .1 .1" ${RED}/>`;
  const far = `<geom type="box" pos="0 .2 0" size=".1 .1 .1" ${GREEN}/>`;
  const camera = cameraAt([0, -1, 0], [0, 0, 0]);
  for (const body of [near + far, far + near, `<body><freejoint/>${far}</body>${near}`, `<body><freejoint/>${near}</body>${far}`]) {
    const { model, data } = makeWorld(body);
    const rgb = createRenderer(model).render(data, camera);
    assert.deepEqual(pixel(rgb, camera, 32, 32), [255, 0, 0]);
  }
});

test("two boxes that pass through each other are cut where they meet", () => {
  const { model, data } = makeWorld(
    `<geom type="box" size=".3 .05 .05" euler="0 0 20" ${RED}/><geom type="box" size=".3 .05 .05" euler="0 0 -20" ${GREEN}/>`,
  );
  const camera = cameraAt([0, -1, 0], [0, 0, 0]);
  const rgb = createRenderer(model).render(data, camera);
  const { xPx } = projectToPixel(camera, [0.15, 0, 0]);
  assert.deepEqual(pixel(rgb, camera, Math.floor(xPx), 32), [0, 255, 0]);
  assert.deepEqual(pixel(rgb, camera, 63 - Math.floor(xPx), 32), [255, 0, 0]);
});

test("a floor that reaches behind the camera is cut, not folded into the picture", () => {
  const { model, data } = makeWorld(`<geom type="plane" size="5 5 1" ${RED}/><geom type="box" pos="-1 0 1" size=".2 .2 .2" ${GREEN}/>`);
  const camera = cameraAt([0, 0, 1], [1, 0, 1]);
  const rgb = createRenderer(model).render(data, camera);
  for (let column = 0; column < 64; column++) {
    assert.deepEqual(pixel(rgb, camera, column, 5), sky, "above the horizon");
    assert.deepEqual(pixel(rgb, camera, column, 60), [255, 0, 0], "below the horizon");
  }
});

test("a camera inside a box sees nothing of it and beside a wall sees the wall", () => {
  const { model, data } = makeWorld(`<geom type="box" size=".5 .5 .5" ${RED}/>`);
  const inside = cameraAt([0, 0, 0], [1, 0, 0]);
  assert.deepEqual(pixel(createRenderer(model).render(data, inside), inside, 32, 32), sky);
  const beside = cameraAt([0.52, 0, 0], [0, 0.1, 0]);
  assert.deepEqual(pixel(createRenderer(model).render(data, beside), beside, 32, 32), [255, 0, 0]);
});

test("hidden groups and fully clear geoms are not drawn, materials give their colour", () => {
  const assets = `${flatLight}<asset><material name="m" rgba="0 0 1 1"/></asset>`;
  const { model, data } = makeWorld(
    `<geom type="sphere" size=".1" pos="0 0 .3" group="3" ${RED}/><geom type="sphere" size=".1" rgba="1 0 0 0"/><geom type="sphere" size=".1" pos="0 0 -.3" material="m"/>`,
    assets,
  );
  const camera = cameraAt([0, -1.5, 0], [0, 0, 0]);
  const row = (z: number): number => Math.floor(projectToPixel(camera, [0, 0, z]).yPx);
  const shown = createRenderer(model).render(data, camera);
  assert.deepEqual(
    [0.3, 0, -0.3].map((z) => pixel(shown, camera, 32, row(z))),
    [sky, sky, [0, 0, 255]],
  );
  const all = createRenderer(model, { hiddenGroups: [] }).render(data, camera);
  assert.deepEqual(pixel(all, camera, 32, row(0.3)), [255, 0, 0]);
});

test("the same world gives the same bytes: again, from another renderer, after drawing something else", () => {
  const world = makeWorld(table + freeCube, darkRoom + flatLight);
  const renderer = createRenderer(world.model);
  const first = renderer.render(world.data, front);
  world.data.qpos[0] = 0.6;
  world.forward();
  const moved = renderer.render(world.data, front);
  assert.notDeepEqual(moved, first);
  world.data.qpos[0] = 0.5;
  world.forward();
  assert.deepEqual(renderer.render(world.data, front), first);
  assert.deepEqual(createRenderer(world.model).render(world.data, { ...front }), first);
});

test("a fixed geom or light that is moved by hand is drawn at its new place", () => {
  const world = makeWorld(`<body name="goal" pos="0.5 0 0"><geom type="sphere" size=".05" ${RED}/></body>`);
  const renderer = createRenderer(world.model);
  const before = redBlob(renderer.render(world.data, front), front);
  world.model.body_pos[3 + 1] = 0.1;
  world.forward();
  assert.ok(redBlob(renderer.render(world.data, front), front).xPx > before.xPx + 5);
});

test("a picture buffer that is given is filled and returned", () => {
  const { model, data } = makeWorld(freeCube);
  const out = new Uint8Array(64 * 64 * 3);
  const renderer = createRenderer(model);
  assert.equal(renderer.render(data, front, out), out);
  assert.deepEqual(out, renderer.render(data, front));
  assert.throws(() => renderer.render(data, front, new Uint8Array(5)), /internal: camera "test" was given 5 bytes for a picture of 12288/);
});

for (const supersample of [2, 3, 4]) {
  test(`at supersample ${supersample} every millimetre of a cube across the view moves its centroid by 0.03 to 0.2 px`, () => {
    const world = makeWorld(table + freeCube);
    const renderer = createRenderer(world.model, { supersample });
    const centroids: number[] = [];
    for (let step = 0; step <= 40; step++) {
      world.data.qpos[1] = -0.02 + step * 0.001;
      world.forward();
      centroids.push(redBlob(renderer.render(world.data, front), front).xPx);
    }
    // A millimetre there is 0.1 px.
    const stepsPx = centroids.slice(1).map((xPx, i) => xPx - centroids[i]!);
    assert.ok(Math.min(...stepsPx) > 0.03 && Math.max(...stepsPx) < 0.2, stepsPx.map((px) => px.toFixed(3)).join(" "));
  });
}

test("a cube turned a little moved by a tenth of a pixel changes the picture", () => {
  const world = makeWorld(table + freeCube);
  world.data.qpos.set([Math.cos(0.2), 0, 0, Math.sin(0.2)], 3);
  const renderer = createRenderer(world.model);
  world.forward();
  const before = renderer.render(world.data, front);
  world.data.qpos[1] = 0.001;
  world.forward();
  const metresPerPx = 1 / (projectToPixel(front, [0.5, 1, 0.05]).xPx - 32);
  assert.ok(0.001 / metresPerPx < 0.11, "a millimetre is about a tenth of a pixel");
  assert.notDeepEqual(renderer.render(world.data, front), before);
});

test("lightScale scales every lit surface and leaves the sky", () => {
  const { model, data } = makeWorld('<geom type="plane" size="1 1 1" rgba="0.5 0.5 0.5 1"/>', flatLight);
  const camera = cameraAt([-1.5, 0, 0.5], [0, 0, 0.2]);
  const brightness = (lightScale: number): number[] => {
    const rgb = createRenderer(model, { lightScale }).render(data, camera);
    return [pixel(rgb, camera, 32, 45)[0]!, pixel(rgb, camera, 32, 2)[0]!];
  };
  assert.deepEqual([0.8, 1, 1.2].map(brightness), [
    [102, 150],
    [128, 150],
    [153, 150],
  ]);
});

test("what cannot be drawn is refused with a readable error", () => {
  const { model, data } = makeWorld(freeCube);
  const refuse = (act: () => unknown, code: AgentError["code"], message: string): void => assert.throws(act, new AgentError(code, message));
  const renderer = createRenderer(model);
  refuse(
    () => renderer.render(data, { ...front, widthPx: 0 }),
    "launch.invalid",
    'camera "test": widthPx 0 is outside [1, 4096] px; give a whole number in that range',
  );
  refuse(
    () => renderer.render(data, { ...front, widthPx: 4096, heightPx: 4096 }),
    "launch.invalid",
    'camera "test": 4096 x 4096 px at supersample 2 is 67108864 samples, more than 16777216; make the picture or supersample smaller',
  );
  refuse(
    () => createRenderer(model, { supersample: 5 }),
    "launch.invalid",
    "camera: supersample 5 is outside [1, 4] samples per pixel edge; give 1, 2, 3 or 4",
  );
  refuse(
    () => createRenderer(model, { lightScale: Number.NaN }),
    "launch.invalid",
    "camera: lightScale NaN is outside [0, 10]; give one within, 1 is the light of the model",
  );
  data.geom_xpos[0] = Number.NaN;
  refuse(
    () => renderer.render(data, front),
    "sense.not-finite",
    'camera "test": the pose of geom 0 is not finite; the simulation diverged, reset it',
  );
});

test("a terrain is refused instead of left out", () => {
  const assets = '<asset><hfield name="h" nrow="2" ncol="2" size="1 1 1 1"/></asset>';
  const { model } = makeWorld('<geom type="hfield" hfield="h"/>', assets);
  assert.throws(() => createRenderer(model), {
    code: "launch.invalid",
    message:
      "geom 0: type 1 is not one the camera draws (plane, sphere, capsule, ellipsoid, cylinder, box, mesh, sdf); put it in a hidden group",
  });
});
