/** What our own server does not take, and what is left of a robot's planning when the server is killed, frozen or comes back. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SystemClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { MODEL_FILE, modelNameOf } from "../../runtime/graph/inference/link.ts";
import { openInferenceServer } from "../../runtime/graph/inference/open-server.ts";
import { onnx } from "../../runtime/graph/proto.ts";
import { openSession } from "../../runtime/graph/session.ts";
import { cli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { makeCertificates } from "../mqtt/certificates.ts";
import { smallFeeds, smallModel } from "./models.ts";
import { type Peer, startServe, TOKEN } from "./peers.ts";

const model = smallModel(1);
const name = modelNameOf(sha256(model));
const bearer = { authorization: `Bearer ${TOKEN}` };
const bodyOf = (bytes: Uint8Array) => JSON.stringify({ parameters: { [MODEL_FILE]: Buffer.from(bytes).toString("base64") } });
const local = (bytes: Uint8Array, options = {}) => openSession(bytes, { ...options, provider: "cpu", threads: 1 });

let serving: Peer;
before(async () => {
  serving = await startServe();
});
after(() => serving[Symbol.asyncDispose]());

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(serving.url + path, {
    method: "POST",
    body: body as string,
    headers: { "content-type": "application/json", ...bearer, ...headers },
  });
const load = (bytes: Uint8Array, as = modelNameOf(sha256(bytes))) => post(`/v2/repository/models/${as}/load`, bodyOf(bytes));

/** The model with one weight said to be in a file beside it. */
function reachingOut(): Uint8Array {
  const proto = onnx.ModelProto.decode(model);
  const tensor = proto.graph?.initializer?.[0];
  assert.ok(tensor);
  tensor.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
  tensor.externalData = [onnx.StringStringEntryProto.create({ key: "location", value: "/etc/passwd" })];
  return onnx.ModelProto.encode(proto).finish();
}

test("nobody is answered without the token, but whether it lives", async () => {
  for (const [path, init] of [
    ["/v2", {}],
    [`/v2/models/${name}`, { headers: { authorization: "Bearer wrong" } }],
    [`/v2/repository/models/${name}/load`, { method: "POST", body: bodyOf(model), headers: { "content-type": "application/json" } }],
  ] as const) {
    const answer = await fetch(serving.url + path, init);
    assert.equal(answer.status, 401, path);
    assert.doesNotMatch(await answer.text(), new RegExp(TOKEN));
  }
  assert.equal((await fetch(`${serving.url}/v2/health/live`)).status, 200);
});

test("pages of a browser are not answered, with the token or without", async () => {
  assert.equal((await fetch(`${serving.url}/v2`, { headers: { ...bearer, origin: "http://127.0.0.1" } })).status, 403);
});

test("a model is known by its hash alone, so nobody puts another in its place", async () => {
  const answer = await load(smallModel(7), name);
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /its bytes are those of foresight-/);
});

for (const [what, send, why] of [
  ["what is no model", () => load(Buffer.from("hello")), /model/],
  ["a model that reads another file", () => load(reachingOut()), /external|outside|file/i],
  [
    "text that is no base64",
    () => post(`/v2/repository/models/${name}/load`, JSON.stringify({ parameters: { [MODEL_FILE]: "%%" } })),
    /base64/,
  ],
  ["a question to a model that is not there", () => post("/v2/models/../../etc/passwd/infer", "{}"), /not here|nothing of that name/],
  ["a question that cannot be read", () => load(model).then(() => post(`/v2/models/${name}/infer`, '{"inputs": 3}')), /cannot be read/],
  [
    "a question of the wrong shape",
    () => post(`/v2/models/${name}/infer`, JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] }] })),
    /"flag"|takes float32/,
  ],
] as const)
  test(`${what} is refused in words, and the server goes on`, async () => {
    const answer = await send();
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    assert.match(await answer.text(), why);
    assert.equal((await fetch(`${serving.url}/v2/health/ready`)).status, 200);
  });

test("a question above 16 MiB is not read to its end, and the server goes on", async () => {
  const body = new Uint8Array(17 * 2 ** 20);
  const headers = { "content-type": "application/octet-stream" };
  const status = await post(`/v2/models/${name}/infer`, body, headers).then(
    (answer) => answer.status,
    () => 413, // The connection was closed while we were still sending.
  );
  assert.equal(status, 413);
  assert.equal((await fetch(`${serving.url}/v2/health/ready`)).status, 200);
});

test("a question in text is answered as one in bytes", async () => {
  await load(model);
  const x = smallFeeds(1)["x"]?.data as Float32Array;
  const inputs = [
    { name: "x", datatype: "FP32", shape: [1, 16], data: [...x] },
    { name: "flag", datatype: "INT64", shape: [1], data: [2] },
  ];
  const answer = await post(`/v2/models/${name}/infer`, JSON.stringify({ inputs }));
  assert.equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  await using here = await local(model);
  const y = (await here.run(smallFeeds(1)))["y"]?.data as Float32Array;
  assert.ok(bytes.includes(Buffer.from(y.buffer, y.byteOffset, y.byteLength)));
});

test("other machines are not answered in the clear", async () => {
  const { code, err } = await cli("serve", "--host", "0.0.0.0", "--port", "0");
  assert.equal(code, 2);
  assert.match(err, /--host 0\.0\.0\.0: other machines would be told the token in the clear; give --cert and --key/);
});

test("over TLS it is answered to whoever trusts its authority, and to nobody else", async () => {
  using files = makeCertificates();
  await using secure = await startServe(0, "--cert", join(files.folder, "server.pem"), "--key", join(files.folder, "server.key"));
  const options = { url: secure.url, token: TOKEN, deadlineMs: 10_000, local, rng: createRng(1), say: () => {} };
  await using trusting = await openInferenceServer({ ...options, ca: readFileSync(files.caFile) });
  await using session = await trusting.open(model);
  assert.equal(session.provider, "server", session.fallbackReason ?? "");
  await using other = await openInferenceServer(options);
  await using refused = await other.open(model);
  assert.match(refused.fallbackReason ?? "", /SIGNATURE|SELF_SIGNED|certificate|issuer/i);
});

test("frozen, killed and started again: every run is answered, by this computer while the server is not there, by the server when it is", async () => {
  let peer = await startServe();
  const port = Number(new URL(peer.url).port);
  const said: string[] = [];
  const clock = new SystemClock();
  await using server = await openInferenceServer({
    url: peer.url,
    token: TOKEN,
    deadlineMs: 150,
    local,
    rng: createRng(1),
    clock,
    say: (line) => said.push(line),
  });
  await using session = await server.open(model);
  await using here = await local(model);
  const wanted = await here.run(smallFeeds(5));
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) assert.deepEqual(await session.run(smallFeeds(5)), wanted);
  };
  try {
    await runs(3);
    peer.process.kill("SIGSTOP");
    await runs(4);
    assert.match(said.at(-1) ?? "", /did not answer within 150 ms.*this computer plans until it does/);
    peer.process.kill("SIGCONT");
    await until("the server is used again after it was frozen", () => runs(1).then(() => said.length === 2));
    const gone = once(peer.process, "exit");
    peer.process.kill("SIGKILL");
    await gone;
    await runs(4);
    assert.match(said.at(-1) ?? "", /ECONNREFUSED|ECONNRESET|closed.*this computer plans/i);
    peer = await startServe(port);
    await until("the server that was started again is given the model and used", () => runs(1).then(() => said.length === 4));
  } finally {
    await peer[Symbol.asyncDispose]();
  }
});
