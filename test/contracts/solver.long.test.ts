/** Every searching solver under its contract. */
import { HIERARCHICAL_DEFAULTS } from "../../runtime/plan/hierarchical.ts";
import { createSolver } from "../../runtime/plan/plan-solver.ts";
import { broadPrior } from "../helpers/broad-prior.ts";
import { describeSolver } from "./solver.ts";

describeSolver("cem", (options) => createSolver({ ...options, name: "cem" }));
describeSolver("mppi", (options) => createSolver({ ...options, name: "mppi" }));
describeSolver("icem", (options) => createSolver({ ...options, name: "icem" }), 256 + 204 + 163 + 131 + 104 + 6);
describeSolver("gradient", (options) => createSolver({ ...options, name: "gradient" }), 256 * 6 + 5);
// Where the goal is near, its own subgoal; the contract's budget of five iterations is a draw and four refits.
describeSolver(
  "hierarchical",
  (options) => {
    const model = { ...options.package, networks: { ...options.package.networks, prior: broadPrior(options.package.spec.axes.length) } };
    const hierarchical = { ...HIERARCHICAL_DEFAULTS, subgoals: 64, nearDecisions: 30, refits: 4 };
    return createSolver({ ...options, package: model, name: "hierarchical", hierarchical });
  },
  256 * 5 + 1,
);
