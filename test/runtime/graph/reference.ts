/** Plain-loop tensor arithmetic in float64, the reference for the operators; slow and obvious on purpose. */
export interface Ref {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The index vectors of a shape in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return Array.from({ length: count(shape) }, (_, flat) => {
    const index: number[] = [];
    let rest = flat;
    for (const size of [...shape].reverse()) {
      index.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return index;
  });
}

/** The element at an index, with broadcasting of missing and size-1 axes. */
export function at(x: Ref, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length);
  const flat = x.shape.reduce((sum, size, i) => sum * size + (size === 1 ? 0 : (own[i] as number)), 0);
  return x.data[flat] as number;
}

export function fromFunction(shape: readonly number[], f: (index: number[]) => number): Ref {
  return { shape, data: indices(shape).map(f) };
}

export const map = (x: Ref, f: (value: number) => number): Ref => ({ shape: x.shape, data: x.data.map(f) });

export function zip(a: Ref, b: Ref, shape: readonly number[], f: (a: number, b: number) => number): Ref {
  return fromFunction(shape, (index) => f(at(a, index), at(b, index)));
}

/** Folds the elements of each group that differ only along `axes` (kept as size 1). */
export function fold(x: Ref, axes: readonly number[], f: (group: number[]) => number): Ref {
  const shape = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return fromFunction(shape, (index) => {
    const group = indices(x.shape).filter((other) => other.every((position, i) => axes.includes(i) || position === index[i]));
    return f(group.map((other) => at(x, other)));
  });
}

/** Error function by its Taylor series, exact to float64 rounding for |x| < 4. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
