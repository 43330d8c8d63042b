/** Launch files for work that decides in lockstep, where nobody watches. */
import { AgentError } from "../../runtime/core/errors.ts";
import { loadLaunch } from "./load.ts";
import type { LaunchConfig } from "./schema.ts";

/** The file in lockstep and without a page, whatever it says. Throws AgentError `launch.invalid`, for an arm whose world waits for nobody as well: `what` needs one that does. */
export function loadInLockstep(launch: string, overrides: readonly string[], what: string): LaunchConfig {
  const { backend } = loadLaunch(launch, overrides);
  if (!("mode" in backend))
    throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": ${what} needs a world that waits for decisions; use sim`);
  return loadLaunch(launch, [...overrides, "backend.mode:=lockstep", "dashboard.enabled:=false"]);
}
