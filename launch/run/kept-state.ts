/** The place in a task over the ends of processes: the launch file's `state`, and what a person is told who finds an agent that was interrupted. */
import { resolve } from "node:path";
import { filter, take } from "rxjs";
import type { Rehearsal } from "../../runtime/assemble/disturb.ts";
import type { Known } from "../../runtime/supervise/check-task.ts";
import { openStateFile, type StateFile } from "../../runtime/supervise/state-file.ts";
import type { Supervisor, SupervisorOptions } from "../../runtime/supervise/supervisor-types.ts";
import { type LaunchConfig, robotName } from "../config/schema.ts";

/** Null where the launch file keeps none. Throws AgentError `state.unwritable`. */
export function openState({ state, robot }: LaunchConfig, known: Known, say: (line: string) => void): StateFile | null {
  if (state === undefined) return null;
  const file = openStateFile({ path: resolve(state), robot: robotName(robot), known });
  if (file.setAside !== null) say(file.setAside);
  return file;
}

export const keeping = (state: StateFile | null, rehearsal: Rehearsal | null): Pick<SupervisorOptions, "keep"> =>
  state ? { keep: rehearsal?.keep(state.keep) ?? state.keep } : {};

/** Once it holds. */
export function sayWhereItWas({ states }: Supervisor, say: (line: string) => void): void {
  states
    .pipe(
      filter(({ agent }) => agent === "holding"),
      take(1),
    )
    .subscribe(({ reason }) => say(`holding: ${reason}`));
}
