/** Coloured noise over the horizon: how white noise is mixed so that neighbouring decisions of a candidate go the same way. */
import { invariant } from "../core/errors.ts";

/**
 * A matrix (horizon, horizon), row-major: times a white standard normal column it gives Gaussian noise whose power falls with frequency as f^-exponent
 * (Timmer and Koenig 1995, On generating power law noise; as iCEM uses it) and whose variance is 1 at every step. 0 is white, 1 pink, 2 red.
 */
export function noiseColour(horizon: number, exponent: number): Float32Array {
  invariant(horizon >= 1 && exponent >= 0, `noise colour: horizon ${horizon}, exponent ${exponent}`);
  const amplitudes = Float64Array.from({ length: horizon }, (_, column) => amplitudeOf(frequencyOf(column), horizon, exponent));
  const scale = Math.sqrt(horizon / amplitudes.reduce((sum, each) => sum + each ** 2, 0));
  const matrix = new Float32Array(horizon * horizon);
  for (let step = 0; step < horizon; step++) {
    for (const [column, amplitude] of amplitudes.entries())
      matrix[step * horizon + column] = scale * amplitude * wave(step, column, horizon);
  }
  return matrix;
}

/** Columns of the real Fourier basis: the mean, then cosine and sine of each frequency; an even horizon ends with the fastest cosine. */
const frequencyOf = (column: number): number => Math.ceil(column / 2);

/** The mean has no frequency: it is as strong as the slowest wave (as in Timmer and Koenig). */
const amplitudeOf = (frequency: number, horizon: number, exponent: number): number => (Math.max(frequency, 1) / horizon) ** (-exponent / 2);

/** Entry of an orthonormal basis: every row and column has length 1. */
function wave(step: number, column: number, horizon: number): number {
  const frequency = frequencyOf(column);
  const angle = (2 * Math.PI * frequency * step) / horizon;
  if (column === 0 || 2 * frequency === horizon) return Math.cos(angle) / Math.sqrt(horizon);
  return Math.sqrt(2 / horizon) * (column % 2 === 1 ? Math.cos(angle) : Math.sin(angle));
}
