/** Means of errors, and how well one figure tells two samples apart. */

/** NaN of none. */
export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Chance that a value of `high` is greater than one of `low`, equal ones counting half (Mann and Whitney 1947). */
export function auroc(high: ArrayLike<number>, low: ArrayLike<number>): number {
  const all = [...Array.from(high, (value) => ({ value, isHigh: true })), ...Array.from(low, (value) => ({ value, isHigh: false }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let first = 0; first < all.length; ) {
    let end = first;
    while (end < all.length && all[end]?.value === all[first]?.value) end++;
    const rank = (first + 1 + end) / 2;
    for (let i = first; i < end; i++) if (all[i]?.isHigh) rankSum += rank;
    first = end;
  }
  return (rankSum - (high.length * (high.length + 1)) / 2) / (high.length * low.length);
}
