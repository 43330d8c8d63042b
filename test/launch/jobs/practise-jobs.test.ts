/** Lessons of workers: what no worker can do is refused before one is asked, and a worker leaves what it would do otherwise than is meant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { fetchBytes, sendBytes, TRAVELLING_BYTES } from "../../../launch/jobs/parts.ts";
import { openPractiseBench } from "../../../launch/jobs/practise-jobs.ts";
import { travelling } from "../../../launch/jobs/travel.ts";
import { partName } from "../../../launch/store/item.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";

const never = new AbortController().signal;

/** In memory. */
function storeOf(kept = new Map<string, Uint8Array>()) {
  return {
    kept,
    has: async (name: string) => kept.has(name),
    get: async (name: string) => kept.get(name) ?? null,
    async add(name: string, bytes: Uint8Array) {
      kept.set(name, bytes);
      return true;
    },
    async remove(name: string) {
      kept.delete(name);
    },
  };
}

const launch = travelling(loadLaunch("launch/panda-reach.launch.yaml", ["backend.mode:=lockstep"]));
const { modelHash } = await loadModelPackage("robots/panda/world-models/reach");
const sheet = { kind: "practise", product: "1.2.3", launch, model: modelHash, policy: null };
const opening = (change: object, store = storeOf()) => openPractiseBench(JSON.stringify({ ...sheet, ...change }), "1.2.3", store, never);

test("bytes go in parts that a message holds and come back as they were; a part that is not what its name says is missing", async () => {
  const store = storeOf();
  const bytes = Uint8Array.from({ length: TRAVELLING_BYTES + 10 }, (_, i) => i % 251);
  const parts = await sendBytes(store, bytes, never);
  assert.equal(parts.length, 2);
  assert.ok(Buffer.from(bytes).equals(await fetchBytes(store, parts, never)));
  store.kept.set(partName(parts[1]!), Uint8Array.of(1));
  await assert.rejects(fetchBytes(store, parts, never), { code: "data.missing", message: /lacks a part of what the job is about/ });
});

test("a worker leaves another model, another version, another form, and a policy that is not there", async () => {
  await assert.rejects(opening({ model: "0".repeat(64) }), {
    code: "model.mismatch",
    message: /reach is [0-9a-f]{64}, the job is about 0000/,
  });
  await assert.rejects(opening({ product: "1.2.4" }), { code: "data.mismatch", message: /they are of version 1\.2\.4/ });
  await assert.rejects(opening({ policy: [] }), { code: "data.mismatch", message: /another version/ });
  await assert.rejects(opening({ policy: [sha256("nothing")] }), { code: "data.missing" });
  const real = loadLaunch("launch/panda-ros2.launch.yaml");
  await assert.rejects(opening({ launch: { ...real, dashboard: { enabled: false } } }), {
    code: "launch.invalid",
    message: /embedded simulator/,
  });
});
