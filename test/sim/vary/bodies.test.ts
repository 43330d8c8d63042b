/** Shapes and sizes that are drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { varySchema } from "../../../launch/backends/sim/schema-vary.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { girthM, halfHeightM } from "../../../runtime/core/shape.ts";
import { type Bodies, drawShape } from "../../../sim/vary/bodies.ts";

const defaults = varySchema.parse({ bodies: {} }).bodies!;
const drawn = (change: Partial<Bodies> = {}) => {
  const rng = createRng(3);
  return Array.from({ length: 600 }, () => drawShape(rng, { ...defaults, ...change }));
};

test("boxes, cylinders and balls come alike often, as high as they are wide", () => {
  const shapes = drawn();
  for (const kind of ["box", "cylinder", "ball"] as const) {
    const of = shapes.filter((shape) => shape.kind === kind);
    assert.ok(of.length > 150, `${of.length} of ${kind}`);
    for (const shape of of) assert.ok(Math.abs(girthM(shape) - halfHeightM(shape) * (kind === "box" ? Math.SQRT2 : 1)) < 1e-12);
  }
});

test("sizes go from 3 to 7 cm, and a held-out one is never drawn", () => {
  const edges = drawn().map((shape) => 2 * halfHeightM(shape));
  const [from, to] = defaults.heldOutSizeM;
  assert.ok(edges.every((edge) => edge >= 0.03 && edge <= 0.07));
  assert.ok(edges.some((edge) => edge < 0.035) && edges.some((edge) => edge > 0.067));
  assert.ok(edges.every((edge) => edge < from || edge >= to));
});

test("whoever is judged by the held-out sizes gets those alone", () => {
  const [from, to] = defaults.heldOutSizeM;
  const edges = drawn({ sizes: "held-out", kinds: ["box"] }).map((shape) => 2 * halfHeightM(shape));
  assert.ok(edges.every((edge) => edge >= from && edge <= to));
});

test("held-out sizes that are not among the sizes are refused", () => {
  assert.throws(() => varySchema.parse({ bodies: { sizeM: [0.03, 0.05] } }), /must lie within sizeM/);
});
