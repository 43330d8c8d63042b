/** Candidates from outside the search, in every solver's graph: they are imagined last and judged like all others, so the plan is the better of what was found and what was offered. */
import type { PlanRequest } from "../core/planning.ts";
import type { Value } from "../graph/builder.ts";
import { gather } from "../graph/ops.ts";
import { floats, type TensorData } from "../graph/session.ts";
import type { Networks } from "./networks.ts";
import { best, type Judgement } from "./objective.ts";
import { type Futures, type PlanInputs, withinBounds } from "./rollout-graph.ts";

/** Of a plan's problem: how many there are, and their shape. */
interface Offer {
  readonly offered: number;
  readonly horizon: number;
  readonly networks: Networks;
}

/** Declares the input `offered` (offered, horizon, actionDim), one value; none where nothing is offered. */
export function offeredActions(inputs: PlanInputs, { offered, horizon, networks }: Offer): readonly Value[] {
  if (offered === 0) return [];
  return [withinBounds(inputs, inputs.g.input("offered", "float32", [offered, horizon, networks.spec.axes.length]))];
}

/** Declares the output `isOffered` (1): 1 where the best of the futures is one of the last, which were offered. */
export function declareOffered({ g, samples }: Futures, { score }: Judgement, { offered }: Pick<Offer, "offered">): void {
  if (offered === 0) return;
  const isOffered = Float32Array.from({ length: samples }, (_, row) => (row < samples - offered ? 0 : 1));
  g.output("isOffered", gather(g, g.constant(isOffered, [samples]), best(g, score)));
}

/** What is offered, of (count, horizon, actionDim); fewer are repeated, and where there is none the warm start fills their places, which competes in any case. */
export function offeredFeeds(
  { offered = [], warmStart }: PlanRequest,
  [count, horizon, actionDim]: readonly [number, number, number],
): Record<string, TensorData> {
  if (count === 0) return {};
  const size = horizon * actionDim;
  const rows = new Float32Array(count * size);
  for (let row = 0; row < count; row++) rows.set(offered[row % offered.length] ?? warmStart ?? new Float32Array(size), row * size);
  return { offered: floats(rows, [count, horizon, actionDim]) };
}
