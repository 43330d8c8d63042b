/** Whoever has play done by workers takes what is whole, and refuses at once what no worker can do. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { CampaignQueue } from "../../../launch/jobs/campaign.ts";
import { collectByJobs, openCollectBench } from "../../../launch/jobs/collect-jobs.ts";
import type { JobQueue, Outcome } from "../../../launch/jobs/queue.ts";
import type { CollectFlags } from "../../../launch/learn/collect.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-collect-jobs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const flags = {
  ...{ launch: "launch/panda-push.launch.yaml", overrides: ["model.provider:=cpu"], out: join(folder, "data") },
  ...{ rows: 25, shardRows: 20, seed: 3, prompt: false, productVersion: "1.2.3" },
};
const io = {
  ...{ clock: new ManualClock(), say: () => {}, progress: () => {}, elapsedS: () => 1, operator: null },
  signal: new AbortController().signal,
};
const parts = { has: async () => true, get: async () => null, add: async () => false, remove: async () => {} };

/** Its server says that every shard was played, and has lost what came of it. */
function forgetfulQueue() {
  const configs: string[] = [];
  const forgotten: number[] = [];
  const lost: Outcome = { seed: 0, worker: "w", value: Array.from({ length: 3 }, () => ({ bytes: 1, parts: [sha256("lost")] })) };
  const queue: CampaignQueue & Pick<JobQueue, "parts"> = {
    isClosed: false,
    async publish(config) {
      configs.push(config);
      return sha256(config);
    },
    outcomes: async () => [lost],
    async forget(_, seed) {
      forgotten.push(seed);
    },
    hear: () => ({ [Symbol.dispose]: () => {} }),
    withdraw: async () => {},
    offer: async () => {},
    async *coming() {},
    parts: () => parts,
  };
  return { queue, configs, forgotten };
}

const collecting = (change: Partial<CollectFlags>) => collectByJobs(forgetfulQueue().queue, { ...flags, ...change }, io);

test("a shard that is not whole on the server is told of, is not kept here, and is played again by the same command", async () => {
  const { queue, forgotten } = forgetfulQueue();
  await assert.rejects(collectByJobs(queue, flags, io), {
    code: "data.missing",
    message: /^shard-000, of .*: it is not whole on the job server; give the same command again/,
  });
  assert.deepEqual(forgotten, [0]);
  assert.deepEqual(readdirSync(flags.out), ["meta.json"]);
});

test("what only this machine can do is refused before a worker is asked", async () => {
  const invalid = (message: RegExp) => ({ code: "launch.invalid", message });
  await assert.rejects(collecting({ realtime: true }), invalid(/^--realtime: .*leave out --jobs/));
  await assert.rejects(collecting({ workers: 3 }), invalid(/^--workers: .*foresight worker/));
  await assert.rejects(collecting({ teleop: "/dev/leader" }), invalid(/^--teleop/));
  await assert.rejects(collecting({ overrides: ["backend:=gazebo"] }), invalid(/embedded simulator/));
});

test("a worker whose play would make other data leaves the job to others", async () => {
  const { queue, configs } = forgetfulQueue();
  await assert.rejects(collectByJobs(queue, flags, io), { code: "data.missing" });
  const sheet = JSON.parse(configs[0] ?? "") as Record<string, unknown>;
  const opening = (change: object, product = "1.2.3") => openCollectBench(JSON.stringify({ ...sheet, ...change }), product, parts);
  await (await opening({}))[Symbol.asyncDispose]();
  await assert.rejects(opening({ seed: 4 }), { code: "data.mismatch", message: /other data than those that are meant/ });
  await assert.rejects(opening({ play: "led" }), { code: "data.mismatch", message: /another version/ });
  await assert.rejects(opening({}, "1.2.4"), { code: "data.mismatch", message: /they are of version 1\.2\.3/ });
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith("foresight-shards-") && name.includes(`-${process.pid}-`)),
    [],
  );
});
