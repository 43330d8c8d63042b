/** `foresight data import`: a LeRobot data set becomes one of ours. */
import { claimFolder, lockDataset, ShardWriter } from "../../../runtime/learn/dataset-writer.ts";
import { framesOf } from "../../../runtime/learn/lerobot/frames.ts";
import { openLeRobot } from "../../../runtime/learn/lerobot/open.ts";
import { ownMetaOf } from "../../../runtime/learn/lerobot/own.ts";
import { type ArmSourceOptions, armSource, ownSource } from "./source.ts";

export interface ImportFlags extends ArmSourceOptions {
  readonly from: string;
}

export interface ImportIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

const SHARD_ROWS = 10_000;

/** Says what was made. Throws `data.*` for what cannot be read or does not fit the arm, and the errors of the launch file. */
export async function importLeRobot(flags: ImportFlags, { progress, signal }: ImportIo): Promise<string> {
  const data = await openLeRobot(flags.from);
  const own = ownMetaOf(data);
  using source = own ? ownSource(own) : await armSource(data, flags);
  using _lock = lockDataset(flags.out);
  claimFolder(flags.out, source.meta);
  const columns = source.meta.columns.length;
  let [rows, shards] = [0, 0];
  let shard = new ShardWriter(flags.out, shards, columns);
  try {
    for (const [index, episode] of data.episodes.entries()) {
      signal.throwIfAborted();
      if (shard.count >= SHARD_ROWS) {
        shard.finish();
        shard = new ShardWriter(flags.out, ++shards, columns);
      }
      const made = source.rowsOf(await framesOf(data, episode, { ...source.wanted, signal }), index);
      shard.append(made);
      rows += made.length;
      progress(`${index + 1} of ${data.episodes.length} episodes, ${rows} decisions`);
    }
    shard.finish();
  } finally {
    shard[Symbol.dispose]();
  }
  return `${flags.out}: ${rows} decisions of ${data.episodes.length} episodes${source.told()}`;
}
