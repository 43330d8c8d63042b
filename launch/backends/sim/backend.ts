/** The embedded MuJoCo simulator. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Backend } from "../backend.ts";
import { sceneOf } from "../scene-of.ts";
import type { SimSection } from "./schema.ts";

export const sim: Backend<"sim"> = {
  kind: "sim",
  check: ({ world, mode }) =>
    world !== undefined && mode !== "realtime"
      ? [{ path: ["backend", "mode"], message: "a world of another process does not wait; use realtime" }]
      : [],
  facts: (section) => ({
    world:
      section.world === undefined
        ? { mode: section.mode, episode: section.episode ?? null, seed: section.sceneSeed, latencyMs: section.latencyMs }
        : null,
    scene: sceneOf(section),
    provenance: "sim",
    hasGoalPictures: section.world === undefined,
    onlyOne: section.world === undefined ? null : "a served world has one arm",
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
