/** What a launch file must satisfy beyond its schema: boxes with an inside, names once, a task that fits the skills. */

import { taskProblems } from "../../runtime/supervise/check-task.ts";
import { skills, trials } from "../../skills/index.ts";
import { backendOf } from "../backends/registry.ts";
import { fleetProblems } from "./check-fleet.ts";
import { mqttProblems } from "./check-mqtt.ts";
import { placeProblems } from "./check-places.ts";
import { providerProblems } from "./check-provider.ts";
import type { Path } from "./key-hints.ts";
import type { Problem } from "./problem.ts";
import type { LaunchConfig } from "./schema.ts";
import { treePath, writtenGoals, writtenTasks } from "./tree-path.ts";

/** All problems of a configuration that has passed the schema. Files are not looked at. */
export function checkConfig(config: LaunchConfig): readonly Problem[] {
  const { guards, cameras, goals } = config;
  const chosen = backendOf(config);
  const keepOut = guards.keepOut.map((box, index) => boxProblems(box, ["guards", "keepOut", index]));
  return [
    ...boxProblems(guards.workspace, ["guards", "workspace"]),
    ...placeProblems(config),
    ...keepOut.flat(),
    ...idleBoxes(guards),
    ...repeatedNames(cameras, ["cameras"]),
    ...repeatedNames(guards.keepOut, ["guards", "keepOut"]),
    ...cameras.flatMap(({ positionM, targetM }, index) => {
      const same = positionM.every((value, axis) => value === targetM[axis]);
      return same ? [{ path: ["cameras", index, "targetM"], message: "is where the camera is; give the point it looks at" }] : [];
    }),
    ...writtenTasks(config).flatMap((written) =>
      taskProblems(written.tree, { skills, goals }).map(({ path, key, problem }) => ({
        path: [...treePath(written, path), ...(path || "skill" in written.tree || "condition" in written.tree ? [key] : [])],
        message: problem,
      })),
    ),
    ...chosen.problems(),
    ...mqttProblems(config.mqtt),
    ...providerProblems(config.model.provider),
    ...fleetProblems(config),
    ...episodeProblems(config),
    ...memoryProblems(config),
    ...(chosen.facts.hasGoalPictures ? [] : goalProblems(config)),
  ];
}

/** Seeded starts and goals are a skill's own. */
function episodeProblems(config: LaunchConfig): readonly Problem[] {
  const { episode = null } = backendOf(config).facts.world ?? {};
  if (episode === null || Object.hasOwn(trials, episode)) return [];
  const path = ["backend", ...("evaluation" in config.backend ? ["evaluation"] : []), "episode"];
  return [{ path, message: `no starts and goals are drawn for "${episode}"; one of ${Object.keys(trials).join(", ")}, or leave it out` }];
}

/** Only a planner judges what memory offers. */
const memoryProblems = ({ memory, planner: { policy } }: LaunchConfig): readonly Problem[] =>
  memory && policy !== "mode2"
    ? [{ path: ["memory"], message: `planner.policy "${policy}" judges nothing that memory offers; use mode2, or leave memory out` }]
    : [];

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

/** The tool point never leaves the workspace, so a box beside it guards nothing: most often its numbers are in another unit or frame. */
function idleBoxes({ workspace, keepOut }: LaunchConfig["guards"]): readonly Problem[] {
  const floorM = Math.max(workspace.minM[2], workspace.tableZM + workspace.tableClearanceM);
  const lowM = [workspace.minM[0], workspace.minM[1], floorM];
  return keepOut.flatMap(({ name, minM, maxM, marginM }, index) => {
    const meets = lowM.every((low, axis) => minM[axis]! - marginM < workspace.maxM[axis]! && maxM[axis]! + marginM > low);
    if (meets) return [];
    const message = `"${name}" guards nothing: with its margin it lies outside the workspace, which the tool never leaves; correct it (metres, base frame) or leave it out`;
    return [{ path: ["guards", "keepOut", index], message }];
  });
}

function repeatedNames(items: readonly { readonly name: string }[], path: Path): readonly Problem[] {
  const names = items.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{ path: [...path, index, "name"], message: `"${name}" is used twice; names must differ` }] : [],
  );
}

/** Goals that only a simulated world can show. */
function goalProblems(config: LaunchConfig): readonly Problem[] {
  return writtenGoals(config).flatMap(({ goal, path }) =>
    goal.kind === "image" && goal.source === "simulator"
      ? [{ path: [...path, "source"], message: '"simulator" needs a simulated world; use source: files' }]
      : [],
  );
}
