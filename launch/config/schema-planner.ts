/** How plans are made: whose search, how large, and how each kind of it is set. */
import * as z from "zod";
import { about } from "./schema-terms.ts";

const icem = z.strictObject({
  noiseExponent: z
    .number()
    .min(0)
    .max(4)
    .default(2)
    .meta(
      about("Power of the noise falls with frequency to this power (unit-free, 0 white .. 4): high makes neighbouring decisions alike"),
    ),
  sampleDecay: z.number().min(1).max(2).default(1.25).meta(about("Each iteration has this many times fewer futures (unit-free)")),
  keptShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .meta(about("Share of the best futures that compete again, in the next iteration and decision (unit-free); at least one does")),
  momentum: z.number().min(0).max(0.9).default(0.1).meta(about("How much of the old search stays at each improvement (unit-free)")),
});

const gradient = z.strictObject({
  learningRate: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.3)
    .meta(about("Length of the first step of each action, later ones shrink (action units, 0.01..1)")),
});

const decisions = (fallback: number, what: string) =>
  z
    .number()
    .min(0)
    .max(1000)
    .default(fallback)
    .meta(about(`${what} (decisions)`));

const hierarchical = z.strictObject({
  subgoals: z
    .int()
    .min(0)
    .max(1024)
    .default(1)
    .meta(about("Subgoals drawn each time, of which the critic chooses (count); 0 plans towards the goal itself")),
  keptDecisions: z.int().min(1).max(20).default(2).meta(about("A subgoal is kept for so long (decisions)")),
  reachDecisions: decisions(12, "A subgoal that the critic sees further away than this is dropped"),
  nearDecisions: decisions(3, "With the goal no further than this by the critic, it is its own subgoal"),
  habitBeyondDecisions: decisions(
    35,
    "While the critic sees the goal further away than this the policy acts towards the subgoal and nothing is searched; 0 always, 1000 never",
  ),
  refits: z.int().min(0).max(8).default(0).meta(about("Times that candidates close to the best are tried as well (count)")),
});

export const plannerSchema = z.strictObject({
  policy: z
    .enum(["mode2", "mode1", "random"])
    .default("mode2")
    .meta(about("mode2: plan with the world model; mode1: ask the trained policy; random: a baseline")),
  solver: z
    .enum(["cem", "mppi", "icem", "gradient", "hierarchical"])
    .default("cem")
    .meta(
      about(
        "How mode2 searches: cem refits to the best tenth, mppi to all by weight, icem is cem with smooth noise and a memory, gradient follows the slope of the cost through the model (samples are its starts, iterations its steps), hierarchical takes the best of what the model's prior and policy would do towards a sampled subgoal (iterations are 1 and its refits, the horizon at most 4; needs a model with prior and subgoal)",
      ),
    ),
  samples: z.int().min(8).max(4096).default(128).meta(about("Imagined futures per iteration (count)")),
  iterations: z.int().min(1).max(20).default(3).meta(about("Improvements of the search distribution (count)")),
  horizon: z.int().min(1).max(20).default(5).meta(about("Imagined decisions per future (count)")),
  deadlineMs: z
    .number()
    .min(5)
    .max(2000)
    .default(120)
    .meta(about("A plan must be ready after this time; a smaller one is taken where it cannot [ms]")),
  proposals: z.boolean().default(true).meta(about("Let the trained policy propose futures to start from")),
  icem: icem.prefault({}).meta(about("What only the solver icem looks at")),
  gradient: gradient.prefault({}).meta(about("What only the solver gradient looks at")),
  hierarchical: hierarchical.prefault({}).meta(about("What only the solver hierarchical looks at")),
});
