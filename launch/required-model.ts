/** What a launch file demands of its model beyond fitting: to be a certain one, or one whose card says that it is good enough. */
import { AgentError } from "../runtime/core/errors.ts";
import type { ModelPackage } from "../runtime/core/model.ts";
import type { LaunchConfig } from "./config/schema.ts";

/** Throws AgentError `model.mismatch` that lists everything that is not as demanded. */
export function checkRequired({ model: { requires } }: Pick<LaunchConfig, "model">, { folder, spec, modelHash }: ModelPackage): void {
  if (!requires) return;
  const { hash, evaluation = {} } = requires;
  const wrong = Object.entries(evaluation).flatMap(([key, { min = -Infinity, max = Infinity }]) => {
    const found = valueAt(spec.evaluation, key);
    if (typeof found === "number" && found >= min && found <= max) return [];
    const bounds = [...(min > -Infinity ? [`at least ${min}`] : []), ...(max < Infinity ? [`at most ${max}`] : [])].join(" and ");
    return [`evaluation.${key} is ${typeof found === "number" ? found : "not in its card"}, must be ${bounds}`];
  });
  if (hash !== undefined && !modelHash.startsWith(hash)) wrong.unshift(`its hash is ${modelHash}, must begin with ${hash}`);
  if (wrong.length === 0) return;
  const remedy = "bring the right one there (foresight pull, --back 1 for the one before), or change model.requires";
  throw new AgentError("model.mismatch", `model package ${folder}: ${wrong.join("; ")}; ${remedy}`);
}

const valueAt = (from: unknown, key: string): unknown =>
  key
    .split(".")
    .reduce<unknown>(
      (value, name) => (typeof value === "object" && value !== null && Object.hasOwn(value, name) ? value[name as never] : undefined),
      from,
    );
