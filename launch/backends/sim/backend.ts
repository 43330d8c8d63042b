/** The embedded MuJoCo simulator. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Problem } from "../../config/problem.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Backend } from "../backend.ts";
import { sceneOf } from "../scene-of.ts";
import type { SimSection } from "./schema.ts";

export const sim: Backend<"sim"> = {
  kind: "sim",
  check: ({ world, mode, vary }) => {
    if (world === undefined) return [];
    const problems: Problem[] = [];
    if (mode !== "realtime")
      problems.push({ path: ["backend", "mode"], message: "a world of another process does not wait; use realtime" });
    if (vary) problems.push({ path: ["backend", "vary"], message: "a world of another process stays as it is; leave it out" });
    return problems;
  },
  facts: (section) => ({
    world:
      section.world === undefined
        ? {
            ...{ mode: section.mode, episode: section.episode ?? null, seed: section.sceneSeed, latencyMs: section.latencyMs },
            ...{ moveM: section.moveM, vary: section.vary },
          }
        : null,
    scene: sceneOf(section),
    provenance: "sim",
    hasGoalPictures: section.world === undefined,
    onlyOne: section.world === undefined ? null : "a served world has one arm; use 1",
    isInThread: section.mode === "lockstep",
    resume: "self",
    limitShare: 1,
  }),
  open: async (section, request) => (await import("./open.ts")).openSim(section, request),
};

/** The section of the simulator, for what works with no other backend. Throws AgentError `launch.invalid`; `why` says what needs it. */
export function simSection({ backend }: Pick<LaunchConfig, "backend">, why: string): SimSection {
  if (backend.kind === "sim") return backend;
  throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": ${why}; use sim`);
}
