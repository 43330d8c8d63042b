/** Launch files for programs: load one, draw its agent, run it, with skills and backends of one's own. The package offers it as `foresight/launch`. */

export { addSkill } from "../skills/index.ts";
export type { BackendFacts, SimulatedWorld } from "./backends/backend.ts";
export type { OpenedRobot, OpenRequest } from "./backends/opened.ts";
export { type AddedBackend, addBackend } from "./backends/registry.ts";
export { draw } from "./compose.ts";
export { loadLaunch } from "./config/load.ts";
export type { Problem } from "./config/problem.ts";
export type { LaunchConfig } from "./config/schema.ts";
export { printRun } from "./run/report.ts";
export { run } from "./run/run.ts";
export type { OpenTap, Party, RunIo, RunReport } from "./run/words.ts";
