/** Every searching solver under its contract. */
import { createSolver } from "../../runtime/plan/plan-solver.ts";
import { describeSolver } from "./solver.ts";

describeSolver("cem", (options) => createSolver({ ...options, name: "cem" }));
describeSolver("mppi", (options) => createSolver({ ...options, name: "mppi" }));
describeSolver("icem", (options) => createSolver({ ...options, name: "icem" }), 256 + 204 + 163 + 131 + 104 + 6);
describeSolver("gradient", (options) => createSolver({ ...options, name: "gradient" }), 256 * 6 + 5);
