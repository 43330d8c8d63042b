/** A shard of play by the embedded simulator that waits, collected in this thread: for tests of what play writes. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { robotOf, scaled, sharesOf } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { openPlayCollector } from "../../launch/learn/play/collector.ts";
import { metaOf, type PlaySetup } from "../../launch/learn/play/setup.ts";
import { type Dataset, openDataset } from "../../runtime/learn/dataset-reader.ts";
import { claimFolder } from "../../runtime/learn/dataset-writer.ts";

export interface CollectedOptions {
  readonly launch?: string;
  readonly overrides?: readonly string[];
  readonly rows: number;
  readonly shard?: number;
  readonly seed?: number;
}

export const PANDA_PUSH = "launch/panda-push.launch.yaml";

/** What collecting scripted play of a launch file starts from, into a new folder. */
export async function scriptedSetup({ launch = PANDA_PUSH, overrides = [], seed = 1 }: Omit<CollectedOptions, "rows" | "shard">) {
  const config = loadLaunch(launch, ["backend.mode:=lockstep", ...overrides]);
  const spec = scaled(await robotOf(config), sharesOf(config));
  const folder = mkdtempSync(join(tmpdir(), "foresight-collected-"));
  return { config, spec, play: "scripted", folder, seed, productVersion: "0.0.0", resetEvery: 1 } satisfies PlaySetup;
}

export async function collected({ rows, shard = 0, ...options }: CollectedOptions): Promise<Dataset> {
  const setup = await scriptedSetup(options);
  claimFolder(setup.folder, metaOf(setup));
  await using collector = await openPlayCollector(setup, null, new AbortController().signal);
  await collector.collect({ shard, rows }, () => {});
  return openDataset(setup.folder);
}
