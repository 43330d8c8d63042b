import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { surprise } from "../../../runtime/predict/surprise.ts";
import { createWorldModel } from "../../../runtime/predict/world-model.ts";
import { sessions } from "../../contracts/solver.ts";
import { TINY_LATENT_DIM, TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const START_M: Vec3 = [0.5, 0, 0.03];

describe("world model", () => {
  it("imagines every candidate as the predictor moves it, over chunks and shorter horizons than compiled", async () => {
    await using world = await createWorldModel({ package: model, open: sessions.open, chunk: 4, horizonMax: 5 });
    const [samples, horizon] = [10, 3];
    const candidates = createRng(1).fillNormal(new Float32Array(samples * horizon * 2));
    const { latents, uncertainty } = await world.rollout(tinyLatent(START_M), candidates, samples, horizon);
    assert.equal(latents.length, samples * horizon * TINY_LATENT_DIM);
    for (const [row, spread] of uncertainty.entries())
      assert.ok(Math.abs(spread - candidates[2 * row]! ** 2 - candidates[2 * row + 1]! ** 2) < 1e-5, `row ${row}: ${spread}`);
    for (let sample = 0; sample < samples; sample++) {
      let [x, y] = START_M;
      for (let step = 0; step < horizon; step++) {
        const row = sample * horizon + step;
        x += TINY_SCALE_M * candidates[2 * row]!;
        y += TINY_SCALE_M * candidates[2 * row + 1]!;
        const found = latents.subarray(row * TINY_LATENT_DIM, (row + 1) * TINY_LATENT_DIM);
        assert.ok(surprise(found, tinyLatent([x, y, 0.03])) < 1e-5, `candidate ${sample}, step ${step}`);
      }
    }
  });

  it("is certain of everything when the package has no ensemble", async () => {
    const without = await loadModelPackage(writeTinyModel({ networks: { uncertainty: null } }));
    await using world = await createWorldModel({ package: without, open: sessions.open });
    const { uncertainty } = await world.rollout(tinyLatent(START_M), Float32Array.of(1, 1, 1, 1), 1, 2);
    assert.deepEqual(uncertainty, new Float32Array(2));
  });

  it("refuses what it imagines when that is not finite", async () => {
    await using world = await createWorldModel({ package: model, open: sessions.open });
    const candidates = Float32Array.of(0, 0, Number.POSITIVE_INFINITY, 0);
    await assert.rejects(world.rollout(tinyLatent(START_M), candidates, 1, 2), {
      code: "model.not-finite",
      message: /^tiny world model: imagined latent entry \d+ is (Infinity|NaN), must be finite; check the start latent and the candidates/,
    });
  });

  it("takes no longer rollout than it was compiled for", async () => {
    await using world = await createWorldModel({ package: model, open: sessions.open, horizonMax: 2 });
    await assert.rejects(world.rollout(tinyLatent(START_M), new Float32Array(6), 1, 3), /tiny world model: horizon 3 is outside 1\.\.2/);
  });
});

describe("surprise", () => {
  it("is zero when all came as imagined and the root mean square difference otherwise", () => {
    assert.equal(surprise(Float32Array.of(1, 2), Float32Array.of(1, 2)), 0);
    assert.equal(surprise(Float32Array.of(0, 0), Float32Array.of(3, 3)), 3);
  });

  it("is not finite when the observation is not", () => {
    assert.ok(Number.isNaN(surprise(Float32Array.of(0, 0), Float32Array.of(Number.NaN, 0))));
  });
});
