/** Jobs of kind "collect": a shard of play is a function of its number, its launch file and its seed; whoever plays it sends its bytes through the job server. */
import { join } from "node:path";
import * as z from "zod";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { OwnFolder } from "../../runtime/core/own-folder.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { startWorker } from "../../runtime/core/start-worker.ts";
import { openThreadCollector } from "../../runtime/learn/collector-thread.ts";
import { claimFolder, lockDataset } from "../../runtime/learn/dataset-writer.ts";
import { shardName } from "../../runtime/learn/shard-seal.ts";
import { missingShards, type ShardTask } from "../../runtime/learn/shards.ts";
import { robotOf, scaled, sharesOf } from "../compose.ts";
import { type CollectFlags, type CollectIo, played, SHARD_ROWS, setupOf } from "../learn/collect.ts";
import { metaOf, type PlaySetup } from "../learn/play/setup.ts";
import { partName } from "../store/item.ts";
import { pullFile } from "../store/pull.ts";
import { pushFile } from "../store/push.ts";
import { type CampaignQueue, runCampaign } from "./campaign.ts";
import { type PartStore, TRAVELLING_BYTES } from "./parts.ts";
import type { JobQueue, Outcome } from "./queue.ts";
import { openScratch } from "./scratch.ts";
import { arrived, readSheet, sheetOf, travelling } from "./travel.ts";
import type { Bench } from "./work.ts";

export const COLLECT = "collect";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const sheetSchema = sheetOf(COLLECT, {
  play: z.enum(["scripted", "free"]),
  seed: z.int(),
  resetEvery: z.int().positive().nullable(),
  /** Of each of these shards, at least. */
  rows: z.int().positive(),
  /** Of what the data say of themselves: a worker that would write something else leaves it. */
  meta: hash,
});

/** Pictures, seal and rows; a shard is there when its rows are. */
const filesOf = (shard: number): readonly string[] => ["frames.u8", "json", "rows.f32"].map((ending) => `${shardName(shard)}.${ending}`);
const shardSchema = z.array(z.strictObject({ bytes: z.int().min(0), parts: z.array(hash).max(20_000) })).length(3);

export interface SpreadIo extends CollectIo {
  readonly clock: Clock;
  /** Of workers. */
  readonly say: (line: string) => void;
}

/** Collects on workers: the bytes are those of one machine. Throws AgentErrors of the launch file, of the folder and of the jobs, or the signal's reason; shards that came are kept. */
export async function collectByJobs(queue: CampaignQueue & Pick<JobQueue, "parts">, flags: CollectFlags, io: SpreadIo): Promise<string> {
  refuseHere(flags);
  const setup = await setupOf(flags, null);
  const { play, seed, resetEvery, folder } = setup;
  const meta = metaOf(setup);
  const sheet = { kind: COLLECT, product: flags.productVersion, launch: travelling(setup.config), play, seed, resetEvery };
  using _lock = lockDataset(folder);
  const own = claimFolder(folder, meta);
  const { todo, found } = missingShards({ folder, meta, rows: flags.rows, shardRows: flags.shardRows ?? SHARD_ROWS });
  const delivered = deliveries(queue.parts(io.clock), own, { ...io, shards: todo.length });
  for (const [rows, shards] of byRows(todo)) {
    const config = JSON.stringify({ ...sheet, rows, meta: sha256(JSON.stringify(meta)) });
    try {
      const campaign = { kind: COLLECT, config, seeds: shards, seedsAJob: 1 };
      const values = await runCampaign(queue, campaign, { ...io, onOutcome: delivered.take });
      for (const [i, seed] of shards.entries()) await delivered.take({ seed, worker: "an earlier time", value: values[i] });
    } finally {
      if (!queue.isClosed) for (const seed of delivered.done(shards)) await queue.forget(sha256(config), seed);
    }
  }
  for (const [worker, count] of delivered.perWorker) io.say(`${worker}: ${count} shards`);
  return `${played(flags, play)}${found > 0 ? `, ${found} of them were there` : ""}`;
}

function refuseHere({ teleop, realtime, workers }: CollectFlags): void {
  const refuse = (flag: string, why: string): never => {
    throw new AgentError("launch.invalid", `${flag}: ${why}; leave out --jobs`);
  };
  if (teleop !== undefined) refuse("--teleop", "a person leads an arm that is here");
  if (realtime) refuse("--realtime", "how fast another machine is decides what happens");
  if (workers !== undefined) refuse("--workers", "there are as many as were started (foresight worker)");
}

/** The last shard may be smaller: it is a job of its own kind, so that the others are the same whatever is asked for later. */
function byRows(todo: readonly ShardTask[]): ReadonlyMap<number, readonly number[]> {
  const shards = new Map<number, number[]>();
  for (const { shard, rows } of todo) shards.set(rows, [...(shards.get(rows) ?? []), shard]);
  return shards;
}

type DeliveryIo = Pick<CollectIo, "progress" | "signal"> & { readonly shards: number };

/** Takes shards into the folder as they come, each once; what was taken, or cannot be, is not kept by the server. */
function deliveries(store: PartStore, own: OwnFolder, { progress, signal, shards }: DeliveryIo) {
  const perWorker = new Map<string, number>();
  const [taken, lost] = [new Set<number>(), new Set<number>()];
  return {
    perWorker,
    done: (of: readonly number[]) => of.filter((shard) => taken.has(shard) || lost.has(shard)),
    async take(outcome: Outcome): Promise<void> {
      const { seed: shard, worker } = outcome;
      if ("error" in outcome || taken.has(shard)) return;
      const files = shardSchema.parse(outcome.value).map((file, i) => ({ ...file, name: filesOf(shard)[i]! }));
      try {
        for (const file of files) await pullFile(store, own, file, { progress, signal });
      } catch (cause) {
        if (!(cause instanceof AgentError) || cause.code !== "data.missing") throw cause;
        lost.add(shard);
        const remedy = "give the same command again, and it is played again";
        throw new AgentError(cause.code, `${shardName(shard)}, of ${worker}: it is not whole on the job server; ${remedy}`, { cause });
      }
      taken.add(shard);
      for (const { parts } of files) for (const part of new Set(parts)) await store.remove(partName(part), signal);
      perWorker.set(worker, (perWorker.get(worker) ?? 0) + 1);
      progress(`${taken.size} of ${shards} shards, of ${perWorker.size} workers`);
    },
  };
}

/** Opens what a configuration says, for a worker. Throws AgentErrors; `data.mismatch` where the data would be others than those that are meant. */
export async function openCollectBench(text: string, product: string, store: PartStore): Promise<Bench> {
  const { launch, play, seed, resetEvery, rows, meta: wanted } = readSheet(sheetSchema, text, product);
  const config = arrived(launch);
  const spec = scaled(await robotOf(config), sharesOf(config));
  const scratch = openScratch("foresight-shards");
  const folder = scratch.path;
  const setup: PlaySetup = { config, spec, play, folder, seed, productVersion: product, resetEvery };
  let own: OwnFolder;
  try {
    const meta = metaOf(setup);
    if (sha256(JSON.stringify(meta)) !== wanted)
      throw new AgentError(
        "data.mismatch",
        "jobs: play here would make other data than those that are meant; bring the same project there",
      );
    own = claimFolder(folder, meta);
  } catch (error) {
    scratch[Symbol.dispose]();
    throw error;
  }
  return {
    async do(shard, signal) {
      const thread = startWorker("../learn/play/worker.ts", import.meta.url, { workerData: setup });
      await using collector = await openThreadCollector(thread, signal);
      await collector.collect({ shard, rows }, () => {});
      const files: z.output<typeof shardSchema> = [];
      for (const name of filesOf(shard)) {
        const path = join(folder, name);
        const { bytes, parts } = await pushFile(store, path, { progress: () => {}, signal }, TRAVELLING_BYTES);
        files.push({ bytes, parts });
        own.remove(name);
      }
      return files;
    },
    [Symbol.asyncDispose]: async () => scratch[Symbol.dispose](),
  };
}
