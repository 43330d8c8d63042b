/** How often a model succeeded, written into its own card: what a launch file may demand of it. */
import { AgentError } from "../../runtime/core/errors.ts";
import { rewriteCard, tryCard } from "../learn/rewrite-card.ts";
import { type EvalOptions, evalConfig } from "./eval.ts";
import type { EvaluationReport } from "./evaluate.ts";

/** Before the episodes are played. Throws AgentError `launch.invalid` where the model will not decide, `train.checkpoint` where its card cannot be written. */
export async function tryIntoCard(options: EvalOptions): Promise<void> {
  const { policy } = options;
  if (policy !== "mode2" && policy !== "mode1")
    throw new AgentError(
      "launch.invalid",
      `--card: with --policy ${policy} the model of the launch file decides nothing; use mode2 or mode1`,
    );
  await tryCard(evalConfig(options).model.path);
}

/** Throws AgentErrors of the package, and as `tryIntoCard`. */
export async function intoCard(options: EvalOptions, report: EvaluationReport): Promise<void> {
  await tryIntoCard(options);
  const { task, policy, mode, goal, episodes, successes, success: share, wilson95, seed } = report;
  const success = { task, policy, mode, goal, episodes, successes, share, low95: wilson95[0], seed };
  await rewriteCard(evalConfig(options).model.path, ({ evaluation }) => ({ evaluation: { ...(evaluation as object), success } }));
}
