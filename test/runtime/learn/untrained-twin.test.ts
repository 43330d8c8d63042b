/** A twin that has learned nothing, of a package that is known by heart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { untrainedTwin } from "../../../runtime/learn/untrained-twin.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_LATENT_DIM, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const next = async (predictor: Uint8Array): Promise<readonly number[]> => {
  await using session = await openSession(predictor, { provider: "cpu", threads: 1 });
  const feeds = {
    latent: floats(new Float32Array(TINY_LATENT_DIM), [1, TINY_LATENT_DIM]),
    action: floats(Float32Array.of(1, 0.5), [1, 2]),
  };
  return [...((await session.run(feeds))["next"]!.data as Float32Array)];
};

test("the same networks answer something else, of the same shape", async () => {
  const twin = untrainedTwin(model, 1);
  const [known, drawn] = [await next(model.networks.predictor), await next(twin.networks.predictor)];
  assert.equal(drawn.length, known.length);
  assert.notDeepEqual(drawn, known);
});

test("the same seed draws the same twin, another seed another; the model itself stays as it is", async () => {
  const before = await next(model.networks.predictor);
  const [one, same, other] = [1, 1, 2].map((seed) => untrainedTwin(model, seed).networks.predictor);
  assert.deepEqual(one, same);
  assert.notDeepEqual(one, other);
  assert.deepEqual(await next(model.networks.predictor), before);
});
