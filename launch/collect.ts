/** `foresight collect`: seeded play of a launch file's arm in parallel workers, written as a data set to learn from. */
import { AgentError } from "../runtime/core/errors.ts";
import { collect } from "../sim/collectors.ts";
import { robotOf } from "./compose.ts";
import { loadLaunch } from "./load.ts";
import { sceneOf } from "./open-robot.ts";

export interface CollectFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly out: string;
  readonly rows: number;
  readonly workers: number;
  readonly seed: number;
  readonly productVersion: string;
}

export interface CollectIo {
  readonly progress: (text: string) => void;
  readonly elapsedS: () => number;
  readonly signal: AbortSignal;
}

/** Throws AgentErrors of the launch file and of the folder, and the signal's reason when interrupted. */
export async function collectLaunch(flags: CollectFlags, { progress, elapsedS, signal }: CollectIo): Promise<string> {
  const config = loadLaunch(flags.launch, flags.overrides);
  const { backend } = config;
  if (backend.kind !== "sim")
    throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": scripted play looks at the simulator's poses; use sim`);
  const options = {
    task: backend.episode,
    robot: await robotOf(config),
    scene: sceneOf(backend),
    cameras: config.cameras,
    folder: flags.out,
    seed: flags.seed,
    productVersion: flags.productVersion,
  };
  let fresh = 0;
  await collect(options, {
    rows: flags.rows,
    workers: flags.workers,
    signal,
    onProgress(rows, found) {
      fresh = rows - found;
      const leftS = (elapsedS() / Math.max(1, fresh)) * (flags.rows - rows);
      progress(`${rows} of ${flags.rows} decisions, ${Math.round(fresh / elapsedS())} a second, ${Math.ceil(leftS)} s left`);
    },
  });
  const rate = fresh === 0 ? "all of them were there" : `${Math.round(fresh / elapsedS())} a second`;
  return `${flags.out}: at least ${flags.rows} decisions of ${backend.episode}, ${rate}`;
}
