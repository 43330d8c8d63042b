/** Arithmetic on tensor shapes; -1 is a symbolic batch dimension, equal to itself only. */

/** Shape as written in messages: `[2, batch, 3]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.map((size) => (size === -1 ? "batch" : size)).join(", ")}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Number of elements; for a symbolic shape the number per batch element, negated. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The shape that both broadcast to (ONNX multidirectional broadcasting), or null when they do not. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | null {
  const out: number[] = [];
  for (let fromEnd = 1; fromEnd <= Math.max(a.length, b.length); fromEnd++) {
    const left = a[a.length - fromEnd] ?? 1;
    const right = b[b.length - fromEnd] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return null;
    out.unshift(left === 1 ? right : left);
  }
  return out;
}

/** Turns an axis counted from the end into one counted from the front; null when out of range. */
export function normaliseAxis(axis: number, rank: number): number | null {
  const positive = axis < 0 ? axis + rank : axis;
  return Number.isInteger(axis) && positive >= 0 && positive < rank ? positive : null;
}
