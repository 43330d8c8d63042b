/** How fast a figure grows over hours, and how well that is known. */

export interface Slope {
  readonly perHour: number;
  /** 95 % interval. */
  readonly interval: readonly [number, number];
}

interface Point {
  readonly atS: number;
  readonly value: number;
}

/** What a process gathers when it begins is no growth. */
const WARM_SHARE = 0.2;
/** Neighbouring samples know of one another, means of long stretches hardly: their spread says how well the slope is known. */
const BLOCKS = 10;
/** Student's t, 97.5 %, of BLOCKS - 2 degrees of freedom. */
const T = 2.306;

/** Least squares through the means of ten stretches of the last four fifths; null where there are too few points. */
export function slopeOf(points: readonly Point[]): Slope | null {
  const warm = points.slice(Math.ceil(points.length * WARM_SHARE));
  if (warm.length < 2 * BLOCKS) return null;
  const blocks = Array.from({ length: BLOCKS }, (_, index) => {
    const part = warm.slice(Math.floor((index * warm.length) / BLOCKS), Math.floor(((index + 1) * warm.length) / BLOCKS));
    return { atH: mean(part.map(({ atS }) => atS)) / 3600, value: mean(part.map(({ value }) => value)) };
  });
  const [meanH, meanValue] = [mean(blocks.map(({ atH }) => atH)), mean(blocks.map(({ value }) => value))];
  const spread = sum(blocks.map(({ atH }) => (atH - meanH) ** 2));
  const perHour = sum(blocks.map(({ atH, value }) => (atH - meanH) * (value - meanValue))) / spread;
  const off = sum(blocks.map(({ atH, value }) => (value - meanValue - perHour * (atH - meanH)) ** 2));
  const half = T * Math.sqrt(off / (BLOCKS - 2) / spread);
  return { perHour, interval: [perHour - half, perHour + half] };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
