/** Turns a MuJoCo mesh into a shape; normals come from the faces, because MuJoCo's own pick one side at a hard edge. */
import { type Shape, ShapeBuilder } from "./shape.ts";

/** Neighbouring faces that turn by less than 35 degrees are shaded as one round surface. */
const SMOOTH_COSINE_MIN = Math.cos((35 * Math.PI) / 180);

/** Vertices of shape (vertexCount, 3) in metres and triangles of shape (faceCount, 3), counter-clockwise seen from outside. */
export function meshShape(vertices: ArrayLike<number>, triangles: ArrayLike<number>): Shape {
  const faceCount = triangles.length / 3;
  const places = samePlaces(vertices);
  const faceNormals = new Float64Array(faceCount * 3); // Length is twice the area, which weighs the mean.
  const facesAt: number[][] = [];
  for (let face = 0; face < faceCount; face++) {
    faceNormals.set(areaNormal(vertices, triangles, face), face * 3);
    for (let corner = 0; corner < 3; corner++) {
      const place = places[triangles[face * 3 + corner]!]!;
      facesAt[place] ??= [];
      facesAt[place].push(face);
    }
  }
  const builder = new ShapeBuilder();
  const known = new Map<string, number>();
  for (let face = 0; face < faceCount; face++) {
    if (lengthOf(faceNormals, face) === 0) continue;
    const [a, b, c] = [0, 1, 2].map((corner) => {
      const vertex = triangles[face * 3 + corner]!;
      const normal = smoothNormal(faceNormals, face, facesAt[places[vertex]!]!);
      const key = `${places[vertex]} ${normal.map((n) => n.toFixed(4)).join(" ")}`;
      const index =
        known.get(key) ??
        builder.vertex(
          [0, 1, 2].map((axis) => vertices[vertex * 3 + axis]!),
          normal,
        );
      known.set(key, index);
      return index;
    });
    builder.face(a!, b!, c!, c!);
  }
  return builder.take();
}

/** For each vertex the index of the first vertex at the same place. */
function samePlaces(vertices: ArrayLike<number>): number[] {
  const first = new Map<string, number>();
  return Array.from({ length: vertices.length / 3 }, (_, i) => {
    const key = `${vertices[i * 3]} ${vertices[i * 3 + 1]} ${vertices[i * 3 + 2]}`;
    if (!first.has(key)) first.set(key, i);
    return first.get(key)!;
  });
}

function areaNormal(vertices: ArrayLike<number>, triangles: ArrayLike<number>, face: number): number[] {
  const [a, b, c] = [0, 1, 2].map((corner) => triangles[face * 3 + corner]! * 3);
  const edge = (to: number, axis: number): number => vertices[to + axis]! - vertices[a! + axis]!;
  return [0, 1, 2].map((axis) => {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    return edge(b!, u) * edge(c!, v) - edge(b!, v) * edge(c!, u);
  });
}

const lengthOf = (normals: Float64Array, face: number): number =>
  Math.hypot(normals[face * 3]!, normals[face * 3 + 1]!, normals[face * 3 + 2]!);

function smoothNormal(faceNormals: Float64Array, face: number, neighbours: readonly number[]): number[] {
  const sum = [0, 0, 0];
  for (const other of neighbours) {
    let dot = 0;
    for (let axis = 0; axis < 3; axis++) dot += faceNormals[face * 3 + axis]! * faceNormals[other * 3 + axis]!;
    if (dot < SMOOTH_COSINE_MIN * lengthOf(faceNormals, face) * lengthOf(faceNormals, other)) continue;
    for (let axis = 0; axis < 3; axis++) sum[axis]! += faceNormals[other * 3 + axis]!;
  }
  const length = Math.hypot(...sum);
  return sum.map((n) => n / length);
}
