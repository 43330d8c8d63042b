/** Against an S3-compatible server that is not ours: what is pushed comes back, keys are looked at, and what breaks is said. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AwsClient } from "aws4fetch";
import { openStore } from "../../launch/store/open-store.ts";
import { startCli } from "../helpers/cli.ts";
import { tinyDataset } from "../helpers/tiny-dataset.ts";
import { until } from "../helpers/until.ts";
import { freePort } from "./peers.ts";

const fetched = spawnSync("bash", [fileURLToPath(new URL("setup-store", import.meta.url))], { encoding: "utf8" });
const skip = fetched.status === 0 ? false : `test/remote/setup-store cannot fetch moto: ${fetched.stderr.trim().split("\n").at(-1)}`;
const folder = mkdtempSync(join(tmpdir(), "foresight-s3-"));
const keys = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "a-secret-key-of-these-tests" };
let server: ChildProcess;
let environment: Record<string, string>;
const never = new AbortController().signal;

before(async () => {
  if (skip) return;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  environment = { ...keys, AWS_ENDPOINT_URL_S3: endpoint };
  server = spawn(fetched.stdout.trim().split("\n").at(-1) as string, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const client = new AwsClient({
    accessKeyId: keys.AWS_ACCESS_KEY_ID,
    secretAccessKey: keys.AWS_SECRET_ACCESS_KEY,
    service: "s3",
    retries: 0,
  });
  const made = () =>
    client.fetch(`${endpoint}/arms`, { method: "PUT" }).then(
      ({ status }) => status === 200,
      () => false,
    );
  await until("the server makes a bucket", made, 60_000);
});

after(async () => {
  if (server && server.exitCode === null) {
    const gone = once(server, "exit");
    server.kill("SIGTERM");
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => startCli(args, environment).result;

test("a model and a data set go into a bucket and come back byte for byte", { skip }, async () => {
  const data = tinyDataset();
  try {
    for (const [path, name] of [
      ["robots/panda/world-models/reach", "reach"],
      [data, "play"],
    ] as const) {
      const pushed = await run("push", path, "s3://arms/models", "--name", name);
      assert.equal(pushed.code, 0, pushed.err);
      assert.match(pushed.out, new RegExp(`^${name}: (model|data), version 1, `));
      const again = await run("push", path, "s3://arms/models", "--name", name);
      assert.match(again.out, /version 1, .* of which 0\.0 MB were sent/);
      const to = join(folder, name);
      const pulled = await run("pull", "s3://arms/models", name, "--to", to);
      assert.equal(pulled.code, 0, pulled.err);
      const files = readdirSync(to).filter((file) => file !== "pulled.json");
      assert.ok(files.length >= 3);
      for (const file of files) assert.ok(readFileSync(join(to, file)).equals(readFileSync(join(path, file))), file);
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test("what is in a bucket is never replaced, and what is not there is told from what cannot be had", { skip }, async () => {
  const store = await openStore("s3://arms/once", environment);
  assert.equal(await store.has("word", never), false);
  assert.equal(await store.get("word", 10, never), null);
  assert.equal(await store.add("word", Buffer.from("first"), never), true);
  assert.equal(await store.add("word", Buffer.from("second"), never), false);
  assert.equal(Buffer.from((await store.get("word", 10, never)) ?? []).toString(), "first");
  await assert.rejects(store.get("word", 4, never), { code: "data.corrupt", message: /more than 4 bytes/ });
  const nowhere = await openStore("s3://arms", { ...environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await freePort()}` });
  await assert.rejects(nowhere.has("word", never), {
    code: "bridge.failed",
    message: /store s3:\/\/arms: word \(.*ECONNREFUSED.*\); the same command goes on/,
  });
  const interrupted = AbortSignal.abort(new Error("enough"));
  await assert.rejects(store.get("word", 10, interrupted), { message: "enough" });
});
