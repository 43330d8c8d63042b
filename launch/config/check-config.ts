/** What a launch file must satisfy beyond its schema: boxes with an inside, names once, a task that fits the skills. */
import { taskProblems } from "../../runtime/supervise/check-task.ts";
import { childrenOf, type TaskNode } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import { placeProblems } from "./check-places.ts";
import type { Path } from "./key-hints.ts";
import type { Problem } from "./problem.ts";
import type { LaunchConfig } from "./schema.ts";
import { treePath } from "./tree-path.ts";

/** All problems of a configuration that has passed the schema. Files are not looked at. */
export function checkConfig(config: LaunchConfig): readonly Problem[] {
  const { guards, cameras, task, backend } = config;
  const keepOut = guards.keepOut.map((box, index) => boxProblems(box, ["guards", "keepOut", index]));
  return [
    ...boxProblems(guards.workspace, ["guards", "workspace"]),
    ...placeProblems(config),
    ...keepOut.flat(),
    ...repeatedNames(cameras, ["cameras"]),
    ...repeatedNames(guards.keepOut, ["guards", "keepOut"]),
    ...cameras.flatMap(({ positionM, targetM }, index) => {
      const same = positionM.every((value, axis) => value === targetM[axis]);
      return same ? [{ path: ["cameras", index, "targetM"], message: "is where the camera is; give the point it looks at" }] : [];
    }),
    ...taskProblems(task, skills).map(({ path, key, problem }) => ({
      path: [...treePath(task, path), ...(path || "skill" in task ? [key] : [])],
      message: problem,
    })),
    ...rosProblems(config),
    ...(HAS_GOAL_PICTURES.has(backend.kind) || (backend.kind === "ros2" && backend.evaluation) ? [] : goalProblems(task, "", task)),
    ...(backend.kind === "replay" && config.record !== undefined
      ? [{ path: ["record"], message: "a replay is not recorded again; leave it out" }]
      : []),
  ];
}

/** A simulator makes goal pictures, a recording holds those that were used. */
const HAS_GOAL_PICTURES: ReadonlySet<string> = new Set(["sim", "gazebo", "replay"]);

/** Every camera of the model must publish somewhere. */
function rosProblems({ backend, cameras }: LaunchConfig): readonly Problem[] {
  if (backend.kind !== "ros2") return [];
  const names = cameras.map(({ name }) => name);
  const lacking = names.filter((name) => !Object.hasOwn(backend.cameras, name));
  const unknown = Object.keys(backend.cameras).filter((name) => !names.includes(name));
  return [
    ...lacking.map((name) => ({
      path: ["backend", "cameras"],
      message: `does not say where camera "${name}" publishes; add ${name}: { topic: ... }`,
    })),
    ...unknown.map((name) => ({
      path: ["backend", "cameras", name],
      message: `is no camera of this file; its cameras are ${names.join(", ") || "none"}`,
    })),
  ];
}

interface Box {
  readonly minM: readonly number[];
  readonly maxM: readonly number[];
}

function boxProblems({ minM, maxM }: Box, path: Path): readonly Problem[] {
  return ["x", "y", "z"].flatMap((axis, i) => {
    const [min, max] = [minM[i] ?? Number.NaN, maxM[i] ?? Number.NaN];
    return min < max ? [] : [{ path, message: `the box is empty along ${axis}: minM ${min} m is not below maxM ${max} m` }];
  });
}

function repeatedNames(items: readonly { readonly name: string }[], path: Path): readonly Problem[] {
  const names = items.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{ path: [...path, index, "name"], message: `"${name}" is used twice; names must differ` }] : [],
  );
}

function goalProblems(node: TaskNode, path: string, root: TaskNode): readonly Problem[] {
  if (!("skill" in node)) return childrenOf(node, path).flatMap((child) => goalProblems(child.node, child.path, root));
  if (node.goal.kind !== "image" || node.goal.source !== "simulator") return [];
  return [{ path: [...treePath(root, path), "goal", "source"], message: '"simulator" needs a simulated world; use source: files' }];
}
