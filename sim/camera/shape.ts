/** Surfaces as convex faces: MuJoCo's primitive geoms tessellated once, in the geom's own frame. */

/** A closed or one-sided surface; corners run counter-clockwise seen from outside. */
export interface Shape {
  /** Shape (vertexCount, 3), metres. */
  readonly positions: Float64Array;
  /** Unit normals, shape (vertexCount, 3). */
  readonly normals: Float64Array;
  /** Vertex indices, shape (faceCount, 4); a triangle repeats its last corner. Every face is flat. */
  readonly faces: Int32Array;
  /** Radius of the sphere around the origin that holds every vertex. */
  readonly boundM: number;
}

/** Half edge of a plane whose size is 0 (MuJoCo: infinite). */
const ENDLESS_PLANE_HALF_M = 20;
/** Cells along a plane's edge: light from a point varies over it. */
const PLANE_CELLS = 10;

/** One point of the outline that is turned around z, with its normal. */
type OutlinePoint = readonly [radiusM: number, zM: number, normalRadius: number, normalZ: number];

/** A box of half edges (x, y, z), with flat faces. */
export function boxShape(half: ArrayLike<number>): Shape {
  const builder = new ShapeBuilder();
  for (let axis = 0; axis < 3; axis++) {
    for (const sign of [-1, 1]) {
      const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
      const corners = [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ].map(([a, b]) => {
        const point = [0, 0, 0];
        point[axis] = sign * half[axis]!;
        // Mirroring u keeps the turn counter-clockwise on the far side.
        point[u] = sign * a! * half[u]!;
        point[v] = b! * half[v]!;
        const normal = [0, 0, 0];
        normal[axis] = sign;
        return builder.vertex(point, normal);
      });
      builder.face(corners[0]!, corners[1]!, corners[2]!, corners[3]!);
    }
  }
  return builder.take();
}

/** The rectangle z = 0 of half edges (x, y) facing +z; 0 means endless. */
export function planeShape(size: ArrayLike<number>): Shape {
  const builder = new ShapeBuilder();
  const [halfX, halfY] = [size[0]! > 0 ? size[0]! : ENDLESS_PLANE_HALF_M, size[1]! > 0 ? size[1]! : ENDLESS_PLANE_HALF_M];
  const at = (cell: number, half: number): number => half * ((2 * cell) / PLANE_CELLS - 1);
  for (let j = 0; j <= PLANE_CELLS; j++) for (let i = 0; i <= PLANE_CELLS; i++) builder.vertex([at(i, halfX), at(j, halfY), 0], [0, 0, 1]);
  const row = PLANE_CELLS + 1;
  for (let j = 0; j < PLANE_CELLS; j++)
    for (let i = 0; i < PLANE_CELLS; i++) {
      const corner = j * row + i;
      builder.face(corner, corner + 1, corner + row + 1, corner + row);
    }
  return builder.take();
}

/** A ball (three equal radii) or an ellipsoid; `segments` faces around, a multiple of 4. */
export function ellipsoidShape(radii: ArrayLike<number>, segments: number): Shape {
  const [a, b, c] = [radii[0]!, radii[1]!, radii[2]!];
  const quarter = quarterTurn(segments);
  const outline = [...quarter.map(([r, z]): OutlinePoint => [z, -r, z, -r]), ...quarter.slice(1)];
  const ball = turn([outline], segments, equalArea(segments));
  const { positions, normals } = ball;
  for (let i = 0; i < positions.length; i += 3) {
    positions.set([positions[i]! * a, positions[i + 1]! * b, positions[i + 2]! * c], i);
    const normal = [normals[i]! / a, normals[i + 1]! / b, normals[i + 2]! / c];
    const length = Math.hypot(...normal);
    normals.set([normal[0]! / length, normal[1]! / length, normal[2]! / length], i);
  }
  return { ...ball, boundM: boundOf(positions) };
}

/** A cylinder along z with round caps; `segments` faces around, a multiple of 4. */
export function capsuleShape(radiusM: number, halfLengthM: number, segments: number): Shape {
  const quarter = quarterTurn(segments);
  const grow = radiusM * equalArea(segments);
  const bottom = quarter.map(([r, z]): OutlinePoint => [z * grow, -halfLengthM - r * grow, z, -r]);
  const top = quarter.map(([r, z]): OutlinePoint => [r * grow, halfLengthM + z * grow, r, z]);
  return turn([[...bottom, ...top]], segments, 1);
}

/** A cylinder along z with flat ends; `segments` faces around. */
export function cylinderShape(radiusM: number, halfLengthM: number, segments: number): Shape {
  const r = radiusM * equalArea(segments);
  const h = halfLengthM;
  const bottom: OutlinePoint[] = [
    [0, -h, 0, -1],
    [r, -h, 0, -1],
  ];
  const side: OutlinePoint[] = [
    [r, -h, 1, 0],
    [r, h, 1, 0],
  ];
  const top: OutlinePoint[] = [
    [r, h, 0, 1],
    [0, h, 0, 1],
  ];
  return turn([bottom, side, top], segments, 1);
}

/** Outline of the upper quarter of a unit ball, from the equator to the pole. */
function quarterTurn(segments: number): OutlinePoint[] {
  const steps = segments / 4;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const [r, z] = i === steps ? [0, 1] : [Math.cos((i * Math.PI) / 2 / steps), Math.sin((i * Math.PI) / 2 / steps)];
    return [r, z, r, z];
  });
}

/** Factor by which a regular polygon's corners move out so that it covers as much as its circle. */
const equalArea = (segments: number): number => Math.sqrt((2 * Math.PI) / segments / Math.sin((2 * Math.PI) / segments));

/** Turns outlines (bottom to top) around z; between two outlines the edge is hard. */
function turn(outlines: readonly OutlinePoint[][], segments: number, scale: number): Shape {
  const builder = new ShapeBuilder();
  for (const outline of outlines) {
    const rings = outline.map(([r, z, nr, nz]) =>
      Array.from({ length: r === 0 ? 1 : segments }, (_, k) => {
        const [x, y] = [Math.cos((2 * Math.PI * k) / segments), Math.sin((2 * Math.PI * k) / segments)];
        return builder.vertex([r * x * scale, r * y * scale, z * scale], [nr * x, nr * y, nz]);
      }),
    );
    for (let i = 0; i + 1 < rings.length; i++) {
      const [low, high] = [rings[i]!, rings[i + 1]!];
      for (let k = 0; k < segments; k++) {
        const next = (k + 1) % segments;
        if (low.length === 1) builder.face(low[0]!, high[next]!, high[k]!, high[k]!);
        else if (high.length === 1) builder.face(low[k]!, low[next]!, high[0]!, high[0]!);
        else builder.face(low[k]!, low[next]!, high[next]!, high[k]!);
      }
    }
  }
  return builder.take();
}

/** Collects vertices and faces. */
export class ShapeBuilder {
  readonly #positions: number[] = [];
  readonly #normals: number[] = [];
  readonly #faces: number[] = [];

  vertex(position: ArrayLike<number>, normal: ArrayLike<number>): number {
    this.#positions.push(position[0]!, position[1]!, position[2]!);
    this.#normals.push(normal[0]!, normal[1]!, normal[2]!);
    return this.#positions.length / 3 - 1;
  }

  face(a: number, b: number, c: number, d: number): void {
    this.#faces.push(a, b, c, d);
  }

  take(): Shape {
    const positions = Float64Array.from(this.#positions);
    return {
      positions,
      normals: Float64Array.from(this.#normals),
      faces: Int32Array.from(this.#faces),
      boundM: boundOf(positions),
    };
  }
}

function boundOf(positions: Float64Array): number {
  let boundM = 0;
  for (let i = 0; i < positions.length; i += 3) boundM = Math.max(boundM, Math.hypot(positions[i]!, positions[i + 1]!, positions[i + 2]!));
  return boundM;
}
