/** Play on workers: whoever dies meanwhile, the data set has the bytes of one machine, and what was taken does not stay on the server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { productVersion } from "../../launch/cli/version.ts";
import { collectByJobs } from "../../launch/jobs/collect-jobs.ts";
import { JobQueue } from "../../launch/jobs/queue.ts";
import { type CollectFlags, collectLaunch } from "../../launch/learn/collect.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { type Nats, natsServer, startNats } from "./nats.ts";

const skip = natsServer.missing;
const SHARD_ROWS = 90;
/** All whole but the last, which is smaller. */
const SHARDS = 5;
const ROWS = (SHARDS - 1) * SHARD_ROWS + 30;
/** At the same time. */
const WORKERS = 2;
const flags: Omit<CollectFlags, "out"> = {
  ...{ launch: "launch/panda-push.launch.yaml", overrides: ["model.provider:=cpu", "backend.vary:={}"], rows: ROWS, shardRows: SHARD_ROWS },
  ...{ seed: 3, prompt: false, productVersion },
};

let nats: Nats;
let folder: string;
before(async () => {
  if (skip) return;
  nats = await startNats();
  folder = mkdtempSync(join(tmpdir(), "foresight-collect-jobs-"));
});
after(async () => {
  await nats?.[Symbol.asyncDispose]();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const quiet = { progress: () => {}, say: () => {}, elapsedS: () => 1, operator: null, clock: new SystemClock() };
const never = new AbortController().signal;
const here = (name: string): string => join(folder, name);
const bytesOf = (name: string): readonly string[] =>
  readdirSync(here(name))
    .sort()
    .map((file) => `${file} ${sha256(readFileSync(join(here(name), file)))}`);

async function startWorker(): Promise<RunningCli> {
  const worker = startCli(["worker", nats.url], { TMPDIR: folder });
  await worker.saw(/working for/);
  return worker;
}

async function end({ child }: RunningCli, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** What waits on the server to be taken. */
async function waiting(): Promise<{ readonly parts: number; readonly results: number }> {
  const connection = await connect({ servers: nats.url });
  const count = async (bucket: string): Promise<number> => {
    let found = 0;
    for await (const { operation } of await (await new Kvm(jetstream(connection)).open(bucket)).history()) if (operation === "PUT") found++;
    return found;
  };
  const counted = { parts: await count("foresight-parts"), results: await count("foresight-results") };
  await connection.close();
  return counted;
}

test("with workers killed and the server killed as well, interrupted and gone on with, the data set has the bytes of one machine", {
  skip,
}, async () => {
  await collectLaunch({ ...flags, out: here("one"), workers: 1 }, { ...quiet, signal: never });
  const steady = await startWorker();
  let dying = await startWorker();
  const disasters: Promise<void>[] = [];
  const replace = async (): Promise<void> => {
    await end(dying, "SIGKILL");
    dying = await startWorker();
  };
  const interrupt = new AbortController();
  const said: string[] = [];
  const io = {
    ...quiet,
    say: (line: string) => said.push(line),
    progress(text: string) {
      const taken = Number(/^(\d+) of \d shards/.exec(text)?.[1]);
      if (taken === 1) disasters.push(replace());
      if (taken === 2) disasters.push(nats.killAndStart());
      if (taken === 3) interrupt.abort(new Error("enough"));
    },
  };
  const asked = { ...flags, out: here("spread") };
  {
    await using queue = await JobQueue.open({ url: nats.url });
    await assert.rejects(collectByJobs(queue, asked, { ...io, signal: interrupt.signal }), { message: "enough" });
  }
  await Promise.all(disasters);
  assert.equal(disasters.length, 2);
  assert.ok(bytesOf("spread").length >= 1 + 3 * 3, "what came is kept");
  await using queue = await JobQueue.open({ url: nats.url });
  const told = await collectByJobs(queue, asked, { ...quiet, say: io.say, signal: never });
  await end(dying, "SIGTERM");
  await end(steady, "SIGTERM");
  assert.deepEqual(bytesOf("spread"), bytesOf("one"));
  assert.match(told, /\d+ decisions of scripted play.*, \d+ of them were there$/);
  const { parts, results } = await waiting();
  // A shard that a second worker had in hand when it was taken is told and sent once more, at most one a worker when either command ended; it waits for its week.
  assert.ok(results <= 2 * WORKERS, `${results} results wait for nobody, of ${SHARDS} shards`);
  console.log(`${parts} parts were left of shards that two workers had in hand`);
  console.log(said.filter((line) => /: \d+ shards$/.test(line)).join("; "));
});
