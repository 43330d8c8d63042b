/** Kills a recording process again and again, at moments that a seed chooses: how much is lost, and whether what is there is made whole. */
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { moduleUrl } from "../../../../runtime/core/package-root.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import { forkModule } from "../../../../runtime/core/start-worker.ts";
import { entriesOf } from "../../../../runtime/record/mcap/read.ts";
import { loadZstd } from "../../../../runtime/record/mcap/zstd.ts";
import { recover } from "../../../../runtime/record/recover.ts";

export interface Kill {
  /** From the newest news that it told of to the newest that is in its file. */
  readonly lostMs: number;
  readonly file: string;
  /** Made whole by `recover`. */
  readonly recovered: string;
}

/** A process that records for 0.2 to 2.5 s is killed in `folder`. Throws AgentError `launch.invalid` for a file that cannot be made whole. */
export async function killRecorder(folder: string, name: string, rng: Rng): Promise<Kill> {
  const file = join(folder, `${name}.mcap`);
  const child = forkModule(moduleUrl("./worker.ts", import.meta.url), { stdio: ["pipe", "pipe", "inherit", "ipc"] }, [file]);
  const exited = once(child, "exit");
  const killNs = BigInt(Math.round(rng.between(0.2e9, 2.5e9)));
  let toldNs = 0n;
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    if (!line.startsWith("told ")) continue;
    toldNs = BigInt(line.slice("told ".length));
    if (toldNs >= killNs && !child.killed) child.kill("SIGKILL");
  }
  await exited;
  let keptNs = 0n;
  for (const { receivedNs } of entriesOf(file, await loadZstd())) if (receivedNs > keptNs) keptNs = receivedNs;
  const recovered = await recover(file, join(folder, `${name}.recovered.mcap`), false);
  return { lostMs: Number(toldNs - keptNs) / 1e6, file, recovered: recovered.file };
}
