/** One quintic polynomial in u over [0, 1]: coefficients from end states, values, and exact extremes of it and its derivatives. */

/** Position, velocity, acceleration at one end of an interval: rad, rad/s, rad/s^2. */
export interface EndState {
  readonly position: number;
  readonly velocity: number;
  readonly acceleration: number;
}

/** Coefficients c of sum c[i] u^i, u = t / durationS in [0, 1], that meet both end states (quintic Hermite); shape (6). */
export function quinticCoefficients(durationS: number, start: EndState, end: EndState): readonly number[] {
  const step = end.position - start.position;
  const v0 = durationS * start.velocity;
  const v1 = durationS * end.velocity;
  const a0 = durationS * durationS * start.acceleration;
  const a1 = durationS * durationS * end.acceleration;
  return [
    start.position,
    v0,
    a0 / 2,
    10 * step - 6 * v0 - 4 * v1 - 1.5 * a0 + 0.5 * a1,
    -15 * step + 8 * v0 + 7 * v1 + 1.5 * a0 - a1,
    6 * step - 3 * (v0 + v1) - 0.5 * (a0 - a1),
  ];
}

/** Coefficients of the derivative by u, one fewer. */
export function derivative(c: readonly number[]): readonly number[] {
  const out: number[] = [];
  for (let i = 1; i < c.length; i++) out.push(i * c[i]!);
  return out;
}

/** The polynomial's value at u (Horner). */
export function polynomialAt(c: readonly number[], u: number): number {
  let value = 0;
  for (let i = c.length - 1; i >= 0; i--) value = value * u + c[i]!;
  return value;
}

/** Smallest and largest value on [0, 1], by u; NaN when a coefficient is not finite. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Ranges on [0, 1] of a quintic and of its first three derivatives by u, in that order.
 * Exact up to rounding: the extremes of each derivative lie at the roots of the next one, which those extremes bracket in turn.
 */
export function quinticRanges(c: readonly number[]): readonly Range[] {
  const derivatives = [c];
  for (let order = 1; order <= 5; order++) derivatives.push(derivative(derivatives[order - 1]!));
  const ranges: Range[] = [];
  let turns: readonly number[] = []; // Where the derivative of the current order turns: roots of the next order.
  for (let order = 4; order >= 0; order--) {
    const polynomial = derivatives[order]!;
    const points = [0, ...turns, 1];
    const values: number[] = [];
    for (const u of points) values.push(polynomialAt(polynomial, u));
    if (order <= 3) ranges[order] = { min: Math.min(...values), max: Math.max(...values) };
    turns = order > 0 ? rootsBetween(polynomial, derivatives[order + 1]!, points, values) : [];
  }
  return ranges;
}

/** One root in each stretch between neighbouring points, where the polynomial is monotone, that changes sign. */
function rootsBetween(
  c: readonly number[],
  slope: readonly number[],
  points: readonly number[],
  values: readonly number[],
): readonly number[] {
  const roots: number[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    if (values[i]! < 0 !== values[i + 1]! < 0) roots.push(rootIn(c, slope, points[i]!, points[i + 1]!, values[i]!));
  }
  return roots;
}

const rootIterationsMax = 60;

/** Newton's method kept inside a bracket by bisection. */
function rootIn(c: readonly number[], slope: readonly number[], low: number, high: number, valueAtLow: number): number {
  let u = (low + high) / 2;
  for (let i = 0; i < rootIterationsMax && high - low > 1e-12; i++) {
    const value = polynomialAt(c, u);
    if (value < 0 === valueAtLow < 0) low = u;
    else high = u;
    const newton = u - value / polynomialAt(slope, u);
    if (Math.abs(newton - u) < 1e-12) return u;
    u = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return u;
}
