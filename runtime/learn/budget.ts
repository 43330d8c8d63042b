/** How long a phase of training lasts, and its learning rate on the way. */

/** By the clock, or by the step where runs must repeat exactly. */
export type Budget = { readonly seconds: number } | { readonly steps: number };

export interface Spent {
  /** Of training alone: saving and looking do not count. */
  readonly seconds: number;
  readonly steps: number;
}

/** 0 at the start, 1 when the budget is spent. */
export const progressOf = (budget: Budget, spent: Spent): number =>
  Math.min(1, "seconds" in budget ? spent.seconds / budget.seconds : spent.steps / budget.steps);

const WARM_UP = 0.02;
const RATE_MIN = 0.01;

/** Share of the top learning rate: linear warm-up over 2 %, then a cosine down to 1 % (Loshchilov and Hutter 2017). */
export const rateAt = (progress: number): number =>
  Math.max(RATE_MIN, Math.min(1, progress / WARM_UP + 0.01) * 0.5 * (1 + Math.cos(Math.PI * progress)));
