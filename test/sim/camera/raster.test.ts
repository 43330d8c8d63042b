import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRaster, fillFace, VERTEX_STRIDE } from "../../../sim/camera/raster.ts";

const SIZE = 16;
const coordinate = fc.double({ min: -8, max: 24, noNaN: true });

/** Sample indices that the face covers. */
function covered(corners: readonly (readonly number[])[], order: readonly [number, number, number, number]): number[] {
  const raster = createRaster(SIZE, SIZE, 2);
  const vertices = new Float64Array(corners.length * VERTEX_STRIDE);
  corners.forEach(([x, y, z = 1], i) => {
    vertices.set([x!, y!, z, 0, 0, 0], i * VERTEX_STRIDE);
  });
  const [a, b, c, d] = order.map((i) => i * VERTEX_STRIDE) as [number, number, number, number];
  fillFace(raster, vertices, a, b, c, d);
  return Array.from(raster.depth.keys()).filter((i) => raster.depth[i]! > 0);
}

test("two triangles that share an edge cover no sample twice and leave no gap beside the quad they form", () => {
  fc.assert(
    fc.property(
      coordinate,
      coordinate,
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 6.28, noNaN: true }),
      (x, y, size, angle) => {
        const corners = [0, 1, 2, 3].map((i) => [
          x + size * Math.cos(angle - (i * Math.PI) / 2),
          y + size * Math.sin(angle - (i * Math.PI) / 2),
        ]);
        const quad = covered(corners, [0, 1, 2, 3]);
        const halves = [...covered(corners, [0, 1, 2, 2]), ...covered(corners, [0, 2, 3, 3])].sort((a, b) => a - b);
        assert.deepEqual(halves, quad);
      },
    ),
  );
});

test("an upright rectangle covers as many samples as its area says, and none when seen from behind", () => {
  const corners = [
    [2, 12],
    [10, 12],
    [10, 3],
    [2, 3],
  ];
  assert.equal(covered(corners, [0, 1, 2, 3]).length, 8 * 9);
  assert.deepEqual(covered(corners, [3, 2, 1, 0]), []);
});

test("any corners, however far outside or degenerate, stay within the buffers", () => {
  const wild = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(wild, wild), { minLength: 4, maxLength: 4 }), (corners) => {
      assert.ok(covered(corners, [0, 1, 2, 3]).every((i) => i < SIZE * SIZE));
    }),
  );
});

test("a corner that is not a number fills nothing", () => {
  const corners = [
    [2, 12],
    [10, Number.NaN],
    [10, 3],
    [2, 3],
  ];
  assert.deepEqual(covered(corners, [0, 1, 2, 3]), []);
});
