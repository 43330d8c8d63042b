/** Worlds that differ from trial to trial: what a seed draws, what it never draws, and how far it goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { varySchema } from "../../../launch/backends/sim/schema-vary.ts";
import { defaultObject, defaultScene, defaultTableTop } from "../../../runtime/core/scene.ts";
import { distanceM, type Vec3 } from "../../../runtime/core/vec3.ts";
import { hsvOf } from "../../../sim/vary/colour.ts";
import { type Shown, type Vary, varied } from "../../../sim/vary/vary.ts";
import { TINY_CAMERAS } from "../../helpers/tiny-model.ts";

const scene = { ...defaultScene, objects: { cube: defaultObject, block: defaultObject } };
const defaults: Vary = varySchema.parse({});
const shown = (seed: number, change: Partial<Vary> = {}): Shown =>
  varied({ scene, cameras: TINY_CAMERAS }, { ...defaults, ...change }, seed);
const seeds = Array.from({ length: 600 }, (_, seed) => seed);
const hues = (change: Partial<Vary> = {}): readonly number[] =>
  seeds.flatMap((seed) => Object.values(shown(seed, change).scene.objects).map(({ rgb }) => hsvOf(rgb).hueRad));

const angleRad = (a: Vec3, b: Vec3): number =>
  Math.acos(Math.min(1, (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b))));
const lookOf = ({ positionM, targetM }: Shown["cameras"][number]): Vec3 => [
  targetM[0] - positionM[0],
  targetM[1] - positionM[1],
  targetM[2] - positionM[2],
];
const within = (value: number, share: number): void => assert.ok(value >= 1 - share && value <= 1 + share, `${value}`);

test("the same seed draws the same world, another seed another one", () => {
  assert.deepEqual(shown(7), shown(7));
  assert.notDeepEqual(shown(7), shown(8));
});

test("another take is another look of the same things", () => {
  const bodies = varySchema.parse({ bodies: {} }).bodies;
  const [first, second] = [shown(7, { bodies }), shown(7, { bodies, take: 1 })];
  const shapes = ({ scene: { objects } }: Shown) => Object.values(objects).map(({ shape }) => shape);
  assert.deepEqual(shapes(second), shapes(first));
  assert.notDeepEqual(second.scene.objects["cube"]?.rgb, first.scene.objects["cube"]?.rgb);
  assert.notDeepEqual(second.cameras, first.cameras);
});

test("shapes and sizes differ only where somebody asked for it", () => {
  assert.ok(seeds.every((seed) => Object.values(shown(seed).scene.objects).every(({ shape }) => shape === defaultObject.shape)));
});

test("a held-out hue is never drawn, and every other part of the circle is", () => {
  const [from, to] = defaults.heldOutHueRad;
  const drawn = hues();
  assert.deepEqual(
    drawn.filter((hue) => hue > from && hue < to),
    [],
  );
  const tenths = new Set(drawn.map((hue) => Math.floor(((((hue - to) / (2 * Math.PI - (to - from))) * 10) % 12) + 12) % 12));
  assert.ok(tenths.size >= 10, [...tenths].join(" "));
});

test("whoever is judged by the held-out hues sees those alone; told, each thing keeps its own", () => {
  const [from, to] = defaults.heldOutHueRad;
  assert.ok(hues({ hues: "held-out" }).every((hue) => hue >= from && hue <= to));
  const own = hsvOf(defaultObject.rgb).hueRad;
  assert.ok(hues({ hues: "told" }).every((hue) => Math.abs(hue - own) < 1e-9));
});

test("things of one world have hues of their own", () => {
  const { cube, block } = shown(7).scene.objects;
  assert.notDeepEqual(cube?.rgb, block?.rgb);
});

test("table, robot and light go no further from what was told than their share", () => {
  for (const seed of seeds) {
    const { scene: drawn, robotShade } = shown(seed);
    within(drawn.table!.rgb![0] / defaultTableTop.rgb[0], defaults.tableShare);
    within(robotShade, defaults.robotShare);
    within(drawn.lightScale, defaults.lightShare);
    for (const [name, { direction }] of Object.entries(drawn.lights))
      assert.ok(angleRad(direction, scene.lights[name]!.direction) <= defaults.lightTurnRad + 1e-6);
  }
});

test("a camera stands within 2 cm of where it was told to, looks within 2 degrees of where it was told to, and others move otherwise", () => {
  for (const seed of seeds) {
    const { cameras } = shown(seed);
    cameras.forEach((camera, i) => {
      assert.ok(distanceM(camera.positionM, TINY_CAMERAS[i]!.positionM) <= 0.02 + 1e-9);
      assert.ok(angleRad(lookOf(camera), lookOf(TINY_CAMERAS[i]!)) <= (2.01 * Math.PI) / 180);
    });
  }
  const [front, side] = shown(7).cameras.map(({ positionM }, i) => positionM[0] - TINY_CAMERAS[i]!.positionM[0]);
  assert.notEqual(front, side);
});

test("where every range is nothing the world is as it was told", () => {
  const none = {
    saturationShare: 0,
    valueShare: 0,
    tableShare: 0,
    robotShare: 0,
    lightShare: 0,
    lightTurnRad: 0,
    cameraShiftM: 0,
    cameraTurnRad: 0,
  };
  const { scene: drawn, cameras, robotShade } = shown(7, { ...none, hues: "told" });
  assert.equal(robotShade, 1);
  assert.deepEqual(drawn.table!.rgb, defaultTableTop.rgb);
  assert.deepEqual(drawn.lights, scene.lights);
  for (const [i, value] of drawn.objects["cube"]!.rgb.entries()) assert.ok(Math.abs(value - defaultObject.rgb[i]!) < 1e-12);
  for (const [i, { targetM }] of cameras.entries()) assert.ok(distanceM(targetM, TINY_CAMERAS[i]!.targetM) < 1e-12);
});

test("a range that is changed leaves the other draws as they were", () => {
  const [usual, dim] = [shown(7), shown(7, { lightShare: 0.05, lightTurnRad: 0, tableShare: 0 })];
  assert.deepEqual(dim.scene.objects, usual.scene.objects);
  assert.deepEqual(dim.cameras, usual.cameras);
  assert.equal(dim.robotShade, usual.robotShade);
});
