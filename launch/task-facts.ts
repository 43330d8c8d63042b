/** What a launch file's task is about: its skills, whose trials are drawn, and the table they are drawn for. */
import { defaultScene, type SceneSpec } from "../runtime/core/scene.ts";
import type { Skill } from "../runtime/core/skill.ts";
import type { TrialSpec } from "../runtime/core/trial.ts";
import { childrenOf, type TaskNode } from "../runtime/supervise/task-tree.ts";
import { skills, trials } from "../skills/index.ts";
import { backendOf } from "./backends/registry.ts";
import type { LaunchConfig } from "./config/schema.ts";

/** What stands in front of the arm; where the launch file does not lay it out, the default scene on its table. */
export const sceneOf = (config: LaunchConfig): SceneSpec =>
  backendOf(config).facts.scene ?? { ...defaultScene, tableSurfaceM: config.guards.workspace.tableZM };

/** The skills that a task names, in order. */
export function skillsOf(node: TaskNode): readonly Skill[] {
  if ("skill" in node) return [skills[node.skill]].filter((skill) => skill !== undefined);
  return childrenOf(node, "").flatMap((child) => skillsOf(child.node));
}

/** Whose starts and goals are drawn: as the backend says, or of the task's first skill that has any; null where none has. */
export function trialNameOf(config: LaunchConfig): string | null {
  const { world } = backendOf(config).facts;
  return world?.episode ?? skillsOf(config.task).find(({ name }) => Object.hasOwn(trials, name))?.name ?? null;
}

export const trialSpecOf = (config: LaunchConfig): TrialSpec | null => trialSpecIn(config, sceneOf(config));

/** The same for what a trial of its own may have in front of the arm. */
export function trialSpecIn(config: LaunchConfig, scene: SceneSpec): TrialSpec | null {
  const name = trialNameOf(config);
  return name === null ? null : (trials[name]?.(scene, backendOf(config).facts.world?.moveM) ?? null);
}

/** What can come before the task in hand, as commanders are told of it. */
export const urgentTasks = ({ urgent }: Pick<LaunchConfig, "urgent">): { readonly name: string; readonly urgency: number }[] =>
  Object.entries(urgent).map(([name, { urgency }]) => ({ name, urgency }));
