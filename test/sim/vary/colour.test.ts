/** Colours by hue, saturation and value. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rgb } from "../../../runtime/core/scene.ts";
import { hsvOf, rgbOf } from "../../../sim/vary/colour.ts";

test("red, green and blue are a third of a turn apart, and a grey has no saturation", () => {
  const hueOf = (rgb: Rgb): number => hsvOf(rgb).hueRad / ((2 * Math.PI) / 3);
  assert.deepEqual([hueOf([1, 0, 0]), hueOf([0, 1, 0]), hueOf([0, 0, 1])], [0, 1, 2]);
  assert.deepEqual(hsvOf([0.4, 0.4, 0.4]), { hueRad: 0, saturation: 0, value: 0.4 });
});

test("a colour there and back is the same colour", () => {
  const levels = [0, 0.12, 0.5, 0.85, 1];
  const colours = levels.flatMap((r) => levels.flatMap((g) => levels.map((b): Rgb => [r, g, b])));
  for (const rgb of colours) {
    const [r, g, b] = rgbOf(hsvOf(rgb));
    assert.ok(Math.hypot(r - rgb[0], g - rgb[1], b - rgb[2]) < 1e-12, rgb.join(" "));
  }
});
