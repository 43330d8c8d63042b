/** `bench gpu` for a launch file's model and first skill, on the providers that this machine has; apart, since a machine with nothing but a GPU runs the rest alone. */
import { AgentError } from "../../../runtime/core/errors.ts";
import { boundedSkill } from "../../../runtime/plan/bounded-skill.ts";
import { draw } from "../../compose.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { skillsOf } from "../../task-facts.ts";
import { type BenchGpuOptions, type BenchGpuResult, benchGpu } from "./gpu.ts";

export async function benchGpuHere(
  config: LaunchConfig,
  options: Pick<BenchGpuOptions, "samples" | "plans" | "onProgress" | "signal">,
): Promise<BenchGpuResult> {
  const { model } = await draw(config);
  const [skill] = skillsOf(config.task);
  if (!skill) throw new AgentError("launch.invalid", "task: names no skill to plan for; give bench gpu a launch file whose task has one");
  return benchGpu({ ...options, model, skill: boundedSkill(skill, config.guards.workspace), threads: config.model.threads });
}
