/** What `--check` prints: the graph of a launch file, stage by stage, with the sizes that must fit. */

import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { withoutSecrets } from "../config/secrets.ts";

export function describeBlueprint({ config, spec, model }: Blueprint): string {
  const { backend, planner, guards } = withoutSecrets(config);
  const { world } = backendOf(config).facts;
  const { latentDim, action, cameras, controlPeriodS } = model.spec;
  const seen = cameras.map(({ name, widthPx, heightPx }) => `${name} ${widthPx}x${heightPx} px`).join(", ") || "true state";
  const budget = `${planner.samples} candidates x ${planner.iterations} iterations x ${planner.horizon} decisions`;
  const step = `${(action.scaleM * 100).toFixed(0)} cm along ${action.axes.join(", ")}`;
  const box = `${guards.workspace.minM.join(", ")} to ${guards.workspace.maxM.join(", ")} m`;
  return [
    `robot    ${spec.name}, ${spec.joints.length} joints (${spec.source})`,
    `backend  ${backend.kind}${world ? `, ${world.mode}` : ""}`,
    `sense    ${seen}`,
    `encode   latent of ${latentDim}; model ${model.spec.name} ${model.modelHash.slice(0, 12)}, all hashes match`,
    `plan     ${planner.policy} by ${planner.solver}: ${budget}, every ${(controlPeriodS * 1e3).toFixed(0)} ms`,
    `guard    tool inside ${box}; ${guards.keepOut.length} keep-out boxes; observation at most ${guards.maxObservationAgeMs} ms old`,
    `act      at most ${step} a decision, 250 Hz`,
    `task     ${JSON.stringify(config.task)}`,
    "everything fits",
  ].join("\n");
}
