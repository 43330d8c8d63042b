/** The graph of a launch file in words, stage by stage, with the sizes that must fit. */
import { type ActionAxis, CHUNK_DECISIONS, type ModelPackage } from "../../runtime/core/model.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { backendOf } from "../backends/registry.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { withoutSecrets } from "../config/secrets.ts";
import { actionOf, PERIOD_S } from "../learn/play/setup.ts";

export interface Drawn {
  readonly config: LaunchConfig;
  readonly spec: RobotSpec;
  /** Null where none is made yet. */
  readonly model: ModelPackage | null;
}

const hashesText = ({ spec }: ModelPackage): string =>
  spec.cardHash
    ? "all hashes match"
    : "the networks' hashes match; its card has no cardHash, so a number changed in it would not be noticed";

/** `facts` are lines about the arm, put behind the robot's. */
export function printBlueprint({ config, spec, model }: Drawn, facts: readonly string[]): string {
  const { backend, planner, guards } = withoutSecrets(config);
  const { world } = backendOf(config).facts;
  const cameras = model ? model.spec.cameras : config.cameras;
  const axes = model ? model.spec.axes : actionOf(config);
  const periodS = model ? model.spec.controlPeriodS : PERIOD_S;
  const seen = cameras.map(({ name, widthPx, heightPx }) => `${name} ${widthPx}x${heightPx} px`).join(", ") || "true state";
  const budget = budgetText(planner);
  const step = stepText(axes);
  const box = `${guards.workspace.minM.join(", ")} to ${guards.workspace.maxM.join(", ")} m`;
  return [
    `robot    ${spec.name}, ${spec.joints.length} joints (${spec.source})`,
    ...facts,
    `backend  ${backend.kind}${world ? `, ${world.mode}` : ""}`,
    `sense    ${seen}`,
    ...(model
      ? [`encode   latent of ${model.spec.latentDim}; model ${model.spec.name} ${model.modelHash.slice(0, 12)}, ${hashesText(model)}`]
      : []),
    `plan     ${planner.policy} by ${planner.solver}: ${budget}, every ${(periodS * 1e3).toFixed(0)} ms`,
    `guard    tool inside ${box}; ${guards.keepOut.length} keep-out boxes; observation at most ${guards.maxObservationAgeMs} ms old`,
    `act      at most ${step} a decision, 250 Hz`,
    `task     ${JSON.stringify(config.task)}`,
    ...Object.entries(config.urgent).map(([name, { urgency, task }]) => `urgent   ${name} (${urgency}) ${JSON.stringify(task)}`),
  ].join("\n");
}

/** A planner with subgoals tries each candidate once, and again for each refit, over one chunk of its prior at most. */
function budgetText({ policy, solver, samples, iterations, horizon, hierarchical }: LaunchConfig["planner"]): string {
  if (policy !== "mode2" || solver !== "hierarchical") return `${samples} candidates x ${iterations} iterations x ${horizon} decisions`;
  const { subgoals, keptDecisions, habitBeyondDecisions, refits } = hierarchical;
  const plans = `${samples} candidates x ${1 + refits} iterations x ${Math.min(horizon, CHUNK_DECISIONS)} decisions`;
  const towards = subgoals === 1 ? "the one subgoal that is sampled" : `the best of ${subgoals} sampled subgoals`;
  return `${plans} towards ${towards}, kept for ${keptDecisions}; the policy alone beyond ${habitBeyondDecisions}`;
}

/** Displacements of one length are told together. */
function stepText(axes: readonly ActionAxis[]): string {
  const lengths = [...new Set(axes.flatMap(({ unit, scale }) => (unit === "m" ? [scale] : [])))];
  const parts = lengths.map((lengthM) => {
    const names = axes.filter(({ unit, scale }) => unit === "m" && scale === lengthM).map(({ name }) => name);
    return `${(lengthM * 100).toFixed(0)} cm along ${names.join(", ")}`;
  });
  const turn = axes.find(({ name }) => name === "yaw");
  const grips = axes.some(({ name }) => name === "gripper");
  return [...parts, ...(turn ? [`${turn.scale} rad about the vertical`] : []), ...(grips ? ["the gripper open or closed"] : [])].join(", ");
}
