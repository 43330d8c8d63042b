/** A session on a server: this computer answers whenever the server does not do its part. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { type InferenceLink, LinkError, modelNameOf } from "../../../../runtime/graph/inference/link.ts";
import { openWith } from "../../../../runtime/graph/inference/open-server.ts";
import type { PortInfo } from "../../../../runtime/graph/port.ts";
import { floats, type Session, type TensorData } from "../../../../runtime/graph/session.ts";
import { until } from "../../../helpers/until.ts";

const port = (name: string): PortInfo => ({ name, dtype: "float32", shape: [-1, 2], dims: ["batch", 2] });
const feeds = { x: floats(Float32Array.of(1, 2), [1, 2]) };
const HERE = { y: floats(Float32Array.of(10, 20), [1, 2]) };
const THERE = { y: floats(Float32Array.of(3, 4), [1, 2]) };

const local: Session = {
  modelHash: "ab",
  provider: "cpu",
  fallbackReason: null,
  inputs: [port("x")],
  outputs: [port("y")],
  run: async () => HERE,
  [Symbol.asyncDispose]: async () => {},
};

interface Server {
  infer(): Promise<Record<string, TensorData>>;
  models: string[];
  loads?: () => Promise<void>;
  ports?: { readonly inputs: readonly PortInfo[]; readonly outputs: readonly PortInfo[] };
}

function linkOf(server: Server): InferenceLink {
  return {
    isReady: async (model) => server.models.includes(model),
    describe: async () => server.ports ?? local,
    load: async (model) => {
      await server.loads?.();
      server.models.push(model);
    },
    infer: () => server.infer(),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function openOn(server: Server) {
  const clock = new ManualClock();
  const said: string[] = [];
  const opened = openWith(linkOf(server), {
    url: "http://gpu-box:8000",
    deadlineMs: 80,
    local: async () => local,
    rng: createRng(1),
    clock,
    say: (line) => said.push(line),
  });
  return { clock, said, session: await opened.open(new Uint8Array(), { name: "push planner" }) };
}
const dead = async (): Promise<never> => {
  throw new LinkError("refused", "it answered 500: out of memory");
};

test("a model that the server does not have is handed over, once", async () => {
  const server: Server = { infer: async () => THERE, models: [] };
  const { session } = await openOn(server);
  assert.deepEqual(server.models, [modelNameOf("ab")]);
  assert.equal(session.provider, "server");
  assert.deepEqual(await session.run(feeds), THERE);
  await openOn(server);
  assert.equal(server.models.length, 1);
});

test("a server that does not take it leaves a session here, which says why", async () => {
  const { session } = await openOn({ infer: dead, models: [], loads: dead });
  assert.equal(session.provider, "cpu");
  assert.match(
    session.fallbackReason ?? "",
    /gpu-box:8000: it has no model foresight-ab and does not take it .*out of memory.*put it there by hand/,
  );
  assert.deepEqual(await session.run(feeds), HERE);
});

test("another model under our name is noticed before anything moves", async () => {
  const { session } = await openOn({ infer: dead, models: [modelNameOf("ab")], ports: { inputs: [port("x")], outputs: [port("z")] } });
  assert.match(session.fallbackReason ?? "", /output "y" of its foresight-ab is missing/);
});

test("this computer answers in the same call when the server fails, and the server is not asked for a while after three failures", async () => {
  let asked = 0;
  const server: Server = {
    infer: async () => {
      asked++;
      return dead();
    },
    models: [modelNameOf("ab")],
  };
  const { clock, said, session } = await openOn(server);
  for (let i = 0; i < 10; i++) assert.deepEqual(await session.run(feeds), HERE);
  assert.equal(asked, 3);
  assert.deepEqual(said, ["the inference server does not do its part (it answered 500: out of memory); this computer plans until it does"]);
  server.infer = async () => THERE;
  server.models = []; // It was started again.
  clock.advance(1_000);
  assert.deepEqual(await session.run(feeds), HERE, "no decision waits while it is looked whether the server is back");
  await until("the server is back", () => said.length === 2);
  assert.deepEqual([said[1], server.models], ["the inference server is back; it plans from now on", [modelNameOf("ab")]]);
  assert.deepEqual(await session.run(feeds), THERE);
});

for (const [what, answer] of [
  ["another shape", { y: floats(Float32Array.of(1, 2, 3), [1, 3]) }],
  ["another number of rows", { y: floats(new Float32Array(4), [2, 2]) }],
  ["another type", { y: { dtype: "int32", shape: [1, 2], data: Int32Array.of(1, 2) } as const }],
  ["nothing", {}],
] as const)
  test(`an answer of ${what} is not believed`, async () => {
    const { session } = await openOn({ infer: async () => answer, models: [modelNameOf("ab")] });
    assert.deepEqual(await session.run(feeds), HERE);
  });

test("a feed that does not fit is our own mistake and not sent", async () => {
  const { session } = await openOn({ infer: async () => assert.fail("sent"), models: [modelNameOf("ab")] });
  await assert.rejects(session.run({ x: floats(new Float32Array(3), [1, 3]) }), { code: "model.mismatch" });
});

test("who stops waiting is not answered from here either", async () => {
  const stop = new AbortController();
  const { session } = await openOn({
    infer: () => {
      stop.abort(new Error("stopped"));
      return dead();
    },
    models: [modelNameOf("ab")],
  });
  await assert.rejects(session.run(feeds, stop.signal), { message: "stopped" });
});
