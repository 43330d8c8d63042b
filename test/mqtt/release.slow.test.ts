/** A model that was evaluated is told of over a real broker, which keeps it; one that was not is neither told of nor pushed. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import mqtt from "mqtt";
import { rewriteCard } from "../../launch/learn/rewrite-card.ts";
import { brokerOf } from "../../launch/store/release.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { startCli } from "../helpers/cli.ts";
import { makeCertificates } from "./certificates.ts";
import { noMosquitto, openMosquitto, PASSWORD } from "./mosquitto.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-release-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, "reach");
cpSync(join(packageRoot, "robots/panda/world-models/reach"), model, { recursive: true });
const success = {
  task: "reach",
  policy: "mode2",
  mode: "lockstep",
  goal: "image",
  episodes: 20,
  successes: 19,
  share: 0.95,
  low95: 0.76,
  seed: 1000,
};

test("who comes later hears from the broker which model was released, with its hash and its evaluation; without an evaluation nothing is pushed", {
  skip: noMosquitto,
  timeout: 120_000,
}, async () => {
  using certificates = makeCertificates();
  await using broker = await openMosquitto(certificates, ["releaser", "fleet"]);
  const url = `mqtt://127.0.0.1:${broker.plainPort}`;
  const push = (password: string) =>
    startCli(["push", model, join(folder, "store"), "--tell", url, "--site", "hall-3"], {
      FORESIGHT_MQTT_USER: "releaser",
      FORESIGHT_MQTT_PASSWORD: password,
    }).result;
  const refused = await push(PASSWORD);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /does not say how often it succeeds, so nobody is told of it; first foresight eval .* --card/);
  assert.ok(!existsSync(join(folder, "store")));

  await rewriteCard(model, ({ evaluation }) => ({ evaluation: { ...(evaluation as object), success } }));
  const unknown = await push("another-password-than-that");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /was not told .*; the model is in the store, the same command tells it again/);
  assert.doesNotMatch(unknown.err, /another-password/);
  const told = await push(PASSWORD);
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /told hall-3 of reach, version 1 /);

  const client = await mqtt.connectAsync(url, { username: "fleet", password: PASSWORD });
  const message = new Promise<[string, Buffer, { readonly retain: boolean }]>((heard) => client.once("message", (...of) => heard(of)));
  await client.subscribeAsync("foresight-models/v1/hall-3/+", { qos: 1 });
  const [topic, payload, packet] = await message;
  await client.endAsync(true);
  const news = JSON.parse(payload.toString("utf8"));
  const { modelHash } = await loadModelPackage(model);
  assert.deepEqual([topic, packet.retain], ["foresight-models/v1/hall-3/reach", true]);
  assert.deepEqual(
    { ...news, releasedAt: "" },
    { name: "reach", version: 1, store: join(folder, "store"), modelHash, robot: "panda", success, releasedAt: "" },
  );
});

test("a broker elsewhere is not shown a password in the clear, and what is no broker is refused", () => {
  const flags = { site: "hall-3", username: "releaser", password: PASSWORD };
  const invalid = (message: RegExp) => ({ code: "launch.invalid", message });
  assert.throws(() => brokerOf({ ...flags, url: "mqtt://broker.plant:1883" }), invalid(/in the clear; use mqtts:/));
  assert.throws(() => brokerOf({ ...flags, url: "http://broker.plant" }), invalid(/^--tell http:\/\/broker\.plant: .*mqtt:\/\//));
  assert.throws(() => brokerOf({ ...flags, site: "hall/3", url: "mqtts://broker.plant" }), invalid(/site/));
});
