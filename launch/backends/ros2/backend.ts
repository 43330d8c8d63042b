/** An arm behind ROS 2: a vendor's driver, ros2_control, or a simulator. */
import type { Problem } from "../../config/problem.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Backend } from "../backend.ts";
import { sceneOf } from "../scene-of.ts";
import { ladderOf, SLOW_SHARE } from "./ladder.ts";
import { reachedBy } from "./reached.ts";
import type { Ros2Section } from "./schema.ts";

export const ros2: Backend<"ros2"> = {
  kind: "ros2",
  check: ({ cameras }, launch) => cameraProblems(cameras, launch),
  reached: reachedBy,
  facts: ({ evaluation, resume, bringUp }) => ({
    world: evaluation && { mode: "realtime", episode: evaluation.episode ?? null, seed: evaluation.sceneSeed, latencyMs: 0 },
    scene: evaluation && sceneOf(evaluation),
    provenance: evaluation ? "sim" : "real",
    hasGoalPictures: evaluation !== null,
    onlyOne: "there is one arm; use 1",
    isInThread: false,
    resume,
    limitShare: bringUp === "slow" ? SLOW_SHARE : 1,
  }),
  open: async (section, request) => (await import("./open.ts")).openRos2(section, request),
  looking: (section) => ({ ...section, bringUp: "shadow", gripper: null, evaluation: null }),
  jogging: (section) => ({ ...section, bringUp: "jog", cameras: {} }),
  ladder: ({ robot }, section) => ({ ladder: ladderOf(robot, section), wanted: section.bringUp }),
  run: async (section, blueprint, io, run) => (await import("./run.ts")).runOverRos({ blueprint, section, io, run }),
};

/** Every camera of the model must publish somewhere. */
function cameraProblems(published: Ros2Section["cameras"], { cameras }: LaunchConfig): readonly Problem[] {
  const names = cameras.map(({ name }) => name);
  const lacking = names.filter((name) => !Object.hasOwn(published, name));
  const unknown = Object.keys(published).filter((name) => !names.includes(name));
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
