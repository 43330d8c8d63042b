import assert from "node:assert/strict";
import { test } from "node:test";
import { meshShape } from "../../../sim/camera/mesh-shape.ts";
import { boxShape, capsuleShape, cylinderShape, ellipsoidShape, planeShape, type Shape } from "../../../sim/camera/shape.ts";

const corner = (shape: Shape, vertex: number): number[] => Array.from(shape.positions.subarray(vertex * 3, vertex * 3 + 3));
const cross = (a: number[], b: number[]): number[] =>
  [0, 1, 2].map((i) => a[(i + 1) % 3]! * b[(i + 2) % 3]! - a[(i + 2) % 3]! * b[(i + 1) % 3]!);
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Volume by the divergence theorem: positive and right only when every face turns outwards. */
function volumeOf(shape: Shape): number {
  let volume = 0;
  for (let face = 0; face < shape.faces.length; face += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => corner(shape, shape.faces[face + i]!));
    volume += dot(a!, cross(b!, c!)) / 6 + dot(a!, cross(c!, d!)) / 6;
  }
  return volume;
}

const tetrahedron = meshShape([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]);
const solids: [string, Shape, number, number][] = [
  ["box", boxShape([0.1, 0.2, 0.3]), 8 * 0.1 * 0.2 * 0.3, 1e-12],
  ["ball", ellipsoidShape([0.1, 0.1, 0.1], 32), (4 / 3) * Math.PI * 0.001, 0.01],
  ["ellipsoid", ellipsoidShape([0.1, 0.2, 0.3], 32), (4 / 3) * Math.PI * 0.006, 0.01],
  ["capsule", capsuleShape(0.1, 0.2, 32), Math.PI * 0.01 * 0.4 + (4 / 3) * Math.PI * 0.001, 0.01],
  ["cylinder", cylinderShape(0.1, 0.2, 12), Math.PI * 0.01 * 0.4, 1e-12],
  ["mesh", tetrahedron, 1 / 6, 1e-12],
];

for (const [name, shape, volume, tolerance] of solids) {
  test(`a ${name} is closed, turns outwards and has its volume`, () => {
    assert.ok(Math.abs(volumeOf(shape) / volume - 1) < tolerance, `${volumeOf(shape)} against ${volume}`);
  });

  test(`a ${name} has unit normals that point out of the faces they belong to`, () => {
    for (let face = 0; face < shape.faces.length; face += 4) {
      const [a, b, c] = [0, 1, 2].map((i) => corner(shape, shape.faces[face + i]!));
      const out = cross(
        b!.map((value, i) => value - a![i]!),
        c!.map((value, i) => value - a![i]!),
      );
      for (let i = 0; i < 4; i++) {
        const vertex = shape.faces[face + i]!;
        const normal = Array.from(shape.normals.subarray(vertex * 3, vertex * 3 + 3));
        assert.ok(Math.abs(dot(normal, normal) - 1) < 1e-9);
        assert.ok(dot(normal, out) > 0);
      }
    }
  });
}

test("a mesh keeps hard edges: each face of a tetrahedron is lit as flat", () => {
  assert.equal(tetrahedron.positions.length / 3, 12);
});

test("a plane of size 0 is endless: it reaches 20 m", () => {
  assert.ok(Math.abs(planeShape([0, 0]).boundM - 20 * Math.SQRT2) < 1e-12);
});
