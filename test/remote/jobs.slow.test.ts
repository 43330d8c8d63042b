/** Evaluations on workers: whoever dies meanwhile, every seed counts once and comes to what it comes to on one machine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { productVersion } from "../../launch/cli/version.ts";
import { evaluateByJobs } from "../../launch/jobs/eval-jobs.ts";
import { practiseByJobs } from "../../launch/jobs/practise-jobs.ts";
import { JobQueue } from "../../launch/jobs/queue.ts";
import { practise } from "../../launch/learn/practise.ts";
import { type EvalOptions, evaluateLaunch } from "../../launch/measure/eval.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { makeCertificates } from "../mqtt/certificates.ts";
import { type Nats, natsServer, startNats } from "./nats.ts";

const EPISODES = 24;
const options: EvalOptions = {
  ...{ launch: "launch/panda-reach.launch.yaml", overrides: ["model.provider:=cpu", "model.threads:=1"] },
  ...{ episodes: EPISODES, seed: 1000, policy: "random" },
};
const skip = natsServer.missing;

let nats: Nats;
before(async () => {
  if (!skip) nats = await startNats();
});
const workers: RunningCli[] = [];
after(async () => {
  for (const worker of workers) await end(worker, "SIGKILL"); // Of a test that failed.
  await nats?.[Symbol.asyncDispose]();
});

async function startWorker(url = nats.url, env = {}, ...flags: string[]): Promise<RunningCli> {
  const worker = startCli(["worker", url, ...flags], env);
  workers.push(worker);
  await worker.saw(/working for/);
  return worker;
}

async function end(worker: RunningCli, signal: NodeJS.Signals): Promise<void> {
  if (worker.child.exitCode !== null || worker.child.signalCode !== null) return;
  const gone = once(worker.child, "exit");
  worker.child.kill(signal);
  await gone;
}

const quiet = { say: () => {}, progress: () => {}, signal: new AbortController().signal };
const by = { product: productVersion, clock: new SystemClock() };

test("with workers killed and replaced, and the server killed as well, every seed comes once to what it comes to here", {
  skip,
}, async () => {
  await using queue = await JobQueue.open({ url: nats.url });
  const steady = await startWorker();
  let dying = await startWorker();
  let kills = 0;
  let disasters = Promise.resolve(); // One after the other: a worker that is started while there is no server says so and ends.
  const replace = async (): Promise<void> => {
    await end(dying, "SIGKILL");
    dying = await startWorker();
  };
  const said: string[] = [];
  const failed = new AbortController(); // Or the evaluation waits for workers for ever.
  const io = {
    ...quiet,
    signal: failed.signal,
    say: (line: string) => said.push(line),
    progress(text: string) {
      const done = Number(/^\d+/.exec(text)?.[0]);
      if (done % 5 !== 2) return;
      kills++;
      const isServer = kills === 3;
      disasters = disasters.then(() => (isServer ? nats.killAndStart() : replace()));
      disasters.catch(() => failed.abort());
    },
  };
  const there = await evaluateByJobs(queue, options, by, io);
  await disasters;
  assert.ok(kills >= 4, `${kills} disasters`);
  const here = await evaluateLaunch(options, quiet);
  const { planMs: _p, decisionMs: _d, ...figures } = here; // Times are measured, never compared.
  const { planMs: _q, decisionMs: _e, ...those } = there;
  assert.deepEqual(those, figures);
  assert.ok(said.filter((line) => /: \d+ episodes$/.test(line)).length >= 2, said.join("\n"));

  const again: string[] = [];
  await end(dying, "SIGTERM");
  await end(steady, "SIGTERM");
  const nobody = await evaluateByJobs(queue, options, by, { ...quiet, say: (line) => again.push(line) });
  assert.deepEqual(nobody.rows, here.rows, "the same command again needs no worker");
  assert.match(again.join("\n"), new RegExp(`${EPISODES} of ${EPISODES} were done before`));
});

test("a policy that was practised with episodes of workers has the bytes of one machine, and nothing of it stays on the server", {
  skip,
}, async () => {
  const small = ["planner.samples:=16", "planner.iterations:=1"];
  const flags = { ...options, overrides: [...options.overrides, ...small], episodes: 3, rounds: 2, steps: 2, seed: 1, compare: 1 };
  const folder = mkdtempSync(join(tmpdir(), "foresight-practise-jobs-"));
  const policyIn = (name: string): Buffer => readFileSync(join(folder, name, "policy.onnx"));
  const both = await Promise.all([startWorker(), startWorker()]);
  const seen: string[] = [];
  const io = { ...quiet, progress: (text: string) => seen.push(text) };
  try {
    await using queue = await JobQueue.open({ url: nats.url });
    const before = await kept();
    const there = await practiseByJobs(queue, { ...flags, out: join(folder, "there") }, by, io);
    assert.deepEqual(await kept(), before);
    const here = await practise({ ...flags, out: join(folder, "here") }, quiet);
    assert.ok(
      seen.some((text) => /3 of 3 episodes, 2 workers/.test(text)),
      seen.join("\n"),
    );
    assert.ok(here.lessons > 0);
    assert.deepEqual([there.lessons, there.figures], [here.lessons, here.figures]);
    assert.ok(policyIn("there").equals(policyIn("here")));
  } finally {
    for (const worker of both) await end(worker, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
});

/** How much the server keeps of results and of bytes on their way. */
async function kept(): Promise<readonly number[]> {
  const connection = await connect({ servers: nats.url });
  const count = async (bucket: string): Promise<number> => {
    let found = 0;
    for await (const { operation } of await (await new Kvm(jetstream(connection)).open(bucket)).history()) if (operation === "PUT") found++;
    return found;
  };
  const counted = [await count("foresight-results"), await count("foresight-parts")];
  await connection.close();
  return counted;
}

test("the first result of a seed stays, whoever comes with another", { skip }, async () => {
  await using queue = await JobQueue.open({ url: nats.url });
  const configHash = await queue.publish("first");
  await queue.record(configHash, { seed: 7, worker: "one", value: 1 });
  await queue.record(configHash, { seed: 7, worker: "two", value: 2 });
  assert.deepEqual(await queue.outcomes(configHash), [{ seed: 7, worker: "one", value: 1 }]);
  await queue.forget(configHash, 7);
  await queue.record(configHash, { seed: 7, worker: "two", value: 2 });
  assert.deepEqual(await queue.outcomes(configHash), [{ seed: 7, worker: "two", value: 2 }]);
});

test("a configuration that is not what its hash says is not believed", { skip }, async () => {
  await using queue = await JobQueue.open({ url: nats.url });
  const connection = await connect({ servers: nats.url });
  const configs = await new Kvm(jetstream(connection)).open("foresight-configs");
  await configs.put(sha256("meant"), "another");
  await connection.close();
  await assert.rejects(queue.config(sha256("meant")), { code: "data.mismatch", message: /has the hash .*; nothing of it is done/ });
});

test("over TLS, with the token and the authority a worker works; without either it ends in words that do not tell the token", {
  skip,
}, async () => {
  using files = makeCertificates();
  const token = "a-token-of-these-tests";
  const env = { FORESIGHT_JOBS_TOKEN: token };
  const tls = { cert: join(files.folder, "server.pem"), key: join(files.folder, "server.key") };
  await using secure = await startNats({ token, tls });
  await end(await startWorker(secure.url, env, "--ca", files.caFile), "SIGTERM");
  for (const [given, flags] of [
    [{ FORESIGHT_JOBS_TOKEN: "another-token-than-that" }, ["--ca", files.caFile]],
    [env, []],
  ] as const) {
    const { code, err } = await startCli(["worker", secure.url, ...flags], given).result;
    assert.equal(code, 2);
    assert.match(err, /jobs: tls:.* cannot be used \(.*(authoriz|certificate)/i);
    assert.doesNotMatch(err, /token-of|token-than/);
  }
});
