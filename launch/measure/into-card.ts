/** How often a model succeeded, written into its own card: what a launch file may demand of it. */
import { AgentError } from "../../runtime/core/errors.ts";
import { rewriteCard } from "../learn/rewrite-card.ts";
import { type EvalOptions, evalConfig } from "./eval.ts";
import type { EvaluationReport } from "./evaluate.ts";

/** Throws AgentErrors of the package, and `launch.invalid` where it was not the model that decided. */
export async function intoCard(options: EvalOptions, report: EvaluationReport): Promise<void> {
  const { task, policy, mode, goal, episodes, successes, success: share, wilson95, seed } = report;
  if (policy !== "mode2" && policy !== "mode1")
    throw new AgentError(
      "launch.invalid",
      `--card: with --policy ${policy} the model of the launch file decided nothing; use mode2 or mode1`,
    );
  const success = { task, policy, mode, goal, episodes, successes, share, low95: wilson95[0], seed };
  await rewriteCard(evalConfig(options).model.path, ({ evaluation }) => ({ evaluation: { ...(evaluation as object), success } }));
}
