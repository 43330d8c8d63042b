/** Minimum, maximum, mean and standard deviation of a feature, number by number, without keeping what was seen. */

export interface FeatureStatistics {
  readonly min: unknown;
  readonly max: unknown;
  readonly mean: unknown;
  readonly std: unknown;
  readonly count: readonly [number];
}

export class RunningStatistics {
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #seen: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#min = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
    this.#seen = new Float64Array(size);
  }

  /** One frame; shape (size). */
  add(values: ArrayLike<number>): void {
    this.#count++;
    for (let i = 0; i < this.#mean.length; i++) this.#see(i, values[i] as number);
  }

  /** One picture, RGB row-major; a channel is a number between 0 and 1. */
  addPicture(rgb: Uint8Array): void {
    this.#count++;
    for (let i = 0; i < rgb.length; i++) this.#see(i % 3, (rgb[i] as number) / 255);
  }

  /** A picture's figures are of shape (3, 1, 1), as LeRobot broadcasts them over its pictures. */
  told(isPicture: boolean): FeatureStatistics {
    const of = (values: Float64Array): unknown => (isPicture ? Array.from(values, (value) => [[value]]) : Array.from(values));
    const std = this.#squares.map((squares, i) => Math.sqrt(squares / Math.max(1, this.#seen[i] as number)));
    return { min: of(this.#min), max: of(this.#max), mean: of(this.#mean), std: of(std), count: [this.#count] };
  }

  /** Welford 1962, Note on a method for calculating corrected sums of squares and products. */
  #see(i: number, value: number): void {
    const seen = (this.#seen[i] as number) + 1;
    const before = value - (this.#mean[i] as number);
    this.#seen[i] = seen;
    this.#mean[i]! += before / seen;
    this.#squares[i]! += before * (value - (this.#mean[i] as number));
    if (value < (this.#min[i] as number)) this.#min[i] = value;
    if (value > (this.#max[i] as number)) this.#max[i] = value;
  }
}
