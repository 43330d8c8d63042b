/** Is everything that the tool is asked to come to inside the workspace that the guards enforce? Else every plan towards it is infeasible. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { Shape } from "../../runtime/core/shape.ts";
import { type TrialSpec, toolCorners } from "../../runtime/core/trial.ts";
import { outsideM } from "../../runtime/core/workspace.ts";
import { misplaced } from "../../runtime/supervise/goal-place.ts";
import { shapeOf } from "../../sim/vary/bodies.ts";
import { backendOf } from "../backends/registry.ts";
import { sceneOf, trialSpecIn } from "../task-facts.ts";
import type { Problem } from "./problem.ts";
import type { LaunchConfig } from "./schema.ts";
import { writtenGoals } from "./tree-path.ts";

const OBJECTS = ["backend", "scene", "objects"] as const;
const BODIES = ["backend", "vary", "bodies", "sizeM"] as const;

/** Of the work area of a simulated world, and of the goals that have a place; a workspace without an inside is a problem of its own. */
export function placeProblems(config: LaunchConfig): readonly Problem[] {
  const { minM, maxM } = config.guards.workspace;
  if (!minM.every((min, axis) => min < maxM[axis]!)) return [];
  return [...areaProblems(config), ...bodiesProblems(config), ...goalProblems(config)];
}

/** Where things differ from trial to trial, the largest of each kind must fit the task too. */
function bodiesProblems(config: LaunchConfig): readonly Problem[] {
  const { scene, world } = backendOf(config).facts;
  const { bodies } = world?.vary ?? {};
  if (!scene || !bodies) return [];
  const withAll = (shape: Shape): SceneSpec => ({
    ...scene,
    objects: Object.fromEntries(Object.entries(scene.objects).map(([name, object]) => [name, { ...object, shape }])),
  });
  const problems = bodies.kinds.map((kind) => trialOrProblem(config, withAll(shapeOf(kind, bodies.sizeM[1])), BODIES));
  return problems.filter((each): each is Problem => each !== null && "message" in each).slice(0, 1);
}

/** Episodes begin and end on the table wherever it stands: the workspace must go with it. */
function areaProblems(config: LaunchConfig): readonly Problem[] {
  const { scene } = backendOf(config).facts;
  const trial = trialOrProblem(config, sceneOf(config), OBJECTS);
  if (!scene || !trial) return [];
  if ("message" in trial) return [trial];
  const outside = toolCorners(trial, scene).find((corner) => outsideM(corner, config.guards.workspace));
  if (!outside) return [];
  const corner = `puts a corner of the work area at (${outside.map((value) => value.toFixed(3)).join(", ")}) m, outside guards.workspace`;
  return scene.table
    ? [{ path: ["backend", "scene", "table"], message: `${corner}; move the workspace with the table` }]
    : [{ path: ["backend", "scene", "area"], message: `${corner}; make the area smaller or the workspace larger` }];
}

/** A scene that the task's trials cannot be drawn in is a problem of its own. */
function trialOrProblem(config: LaunchConfig, scene: SceneSpec, path: Problem["path"]): TrialSpec | Problem | null {
  try {
    return trialSpecIn(config, scene);
  } catch (error) {
    if (error instanceof AgentError) return { path, message: error.message };
    throw error;
  }
}

function goalProblems(config: LaunchConfig): readonly Problem[] {
  return writtenGoals(config).flatMap(({ goal, path }) => {
    const message = misplaced(goal, config.guards.workspace);
    return message ? [{ path: [...path, "positionM"], message }] : [];
  });
}
