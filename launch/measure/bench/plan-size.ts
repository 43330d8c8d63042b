/** How much a planner imagines: candidates x iterations x horizon. */
export interface PlanSize {
  readonly samples: number;
  readonly iterations: number;
  readonly horizon: number;
}
