/** A model that remembers is told the belief before and what was done since, as long as the one follows from the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CameraSpec, Observation } from "../../../runtime/core/sensing.ts";
import { createEncoder } from "../../../runtime/encode/encoder.ts";
import { remembering } from "../../../runtime/encode/remembering.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { add, cast, concat, mul, reduceMean, slice, sub } from "../../../runtime/graph/ops.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { sessions } from "../../contracts/solver.ts";
import { TINY_CAMERAS, TINY_LATENT_DIM, tinyFrame, writeTinyModel } from "../../helpers/tiny-model.ts";

const PERIOD_NS = 200_000_000n;
const frames = TINY_CAMERAS.map((camera) => tinyFrame(camera, [0.5, 0, 0.1]));
const joints = { positionRad: new Float64Array(7), velocityRadPerS: new Float64Array(7), stampNs: 0n, receivedNs: 0n };
const at = (periods: number): Observation => {
  const stampNs = BigInt(Math.round(periods * 1000)) * (PERIOD_NS / 1000n);
  return { stampNs, receivedNs: stampNs, frames, joints };
};

/** Latent: a count of pictures since the beginning, the sum of what was done in x and y, and what is felt. */
function counting(without: readonly string[] = []): Uint8Array {
  const g = new Graph("counting encoder");
  const [{ heightPx, widthPx }] = TINY_CAMERAS as readonly [CameraSpec];
  const pictures = g.input("frames", "uint8", [-1, TINY_CAMERAS.length, heightPx, widthPx, 3]);
  const felt = g.input("proprio", "float32", [-1, 3]);
  const before = g.input("before", "float32", [-1, TINY_LATENT_DIM]);
  const moved = without.includes("moved") ? slice(g, before, 1, 4, 6) : g.input("moved", "float32", [-1, 2]);
  const first = g.input("first", "float32", [-1, 1]);
  const nothing = mul(g, reduceMean(g, cast(g, pictures, "float32"), [1, 2, 3]), 0); // (batch, 3)
  const one = add(g, slice(g, nothing, 1, 0, 1), 1);
  const gone = mul(g, add(g, slice(g, before, 1, 0, 3), concat(g, [one, moved], 1)), sub(g, 1, first));
  const begun = mul(g, concat(g, [one, slice(g, nothing, 1, 0, 2)], 1), first);
  g.output("latent", concat(g, [add(g, gone, begun), felt], 1));
  return g.toBytes();
}

const open = async (encoder: Uint8Array | undefined = counting()) => {
  const model = await loadModelPackage(writeTinyModel({ networks: { encoder } }));
  return { model, encoder: await createEncoder({ package: model, open: sessions.open, toolAt: () => [0.5, 0, 0.1] }) };
};

test("each belief follows from the one before and what was done since, until it is reset", async () => {
  const { model, encoder } = await open();
  await using _ = encoder;
  assert.equal(model.remembers, true);
  const believer = remembering(encoder, model.spec);
  const asked: bigint[] = [];
  const moved = (sinceNs: bigint): Float32Array => {
    asked.push(sinceNs);
    return Float32Array.of(0.5, -1);
  };
  const seen = async (periods: number) => [...(await believer.update(at(periods), undefined, moved)).latent.subarray(0, 3)];
  assert.deepEqual(await seen(0), [1, 0, 0]);
  assert.deepEqual(await seen(1), [2, 0.5, -1]);
  assert.deepEqual(await seen(2.2), [3, 1, -2]);
  assert.deepEqual(asked, [0n, PERIOD_NS]);
  believer.reset();
  assert.deepEqual(await seen(3), [1, 0, 0]);
});

test("what lies further apart than a decision and a half, and what nobody can say the way to, begins anew", async () => {
  const { model, encoder } = await open();
  await using _ = encoder;
  const believer = remembering(encoder, model.spec);
  const moved = () => Float32Array.of(0.5, -1);
  await believer.update(at(0), undefined, moved);
  assert.equal((await believer.update(at(1.6), undefined, moved)).latent[0], 1);
  assert.equal((await believer.update(at(2), undefined)).latent[0], 1);
  assert.equal((await believer.update(at(3), undefined, moved)).latent[0], 2);
});

test("a goal is seen as a beginning, whatever was seen before", async () => {
  const { model, encoder } = await open();
  await using _ = encoder;
  await remembering(encoder, model.spec).update(at(0));
  assert.deepEqual([...(await encoder.encodeGoal(frames))], [1, 0, 0, 0, 0, 0]);
});

test("a model that is told the belief before and not what was done since is refused, and one that is told neither remembers nothing", async () => {
  await assert.rejects(loadModelPackage(writeTinyModel({ networks: { encoder: counting(["moved"]) } })), {
    code: "model.mismatch",
    message: /input "moved" is missing/,
  });
  assert.equal((await loadModelPackage(writeTinyModel())).remembers, false);
});
