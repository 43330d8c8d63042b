import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { candidateCounts, ICEM_DEFAULTS, keptCount } from "../../../runtime/plan/icem.ts";
import { KeptElites } from "../../../runtime/plan/kept-elites.ts";
import { noiseColour } from "../../../runtime/plan/noise-colour.ts";
import { createSolver } from "../../../runtime/plan/plan-solver.ts";
import { shiftWarmStart } from "../../../runtime/plan/warm-start.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { requestTo, sessions } from "../../contracts/solver.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";

/** Covariance of steps i and j of the noise, white noise having the unit matrix. */
function covariance(matrix: Float32Array, horizon: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < horizon; k++) sum += matrix[i * horizon + k]! * matrix[j * horizon + k]!;
  return sum;
}

describe("coloured noise", () => {
  it("has variance 1 at every step, whatever its exponent and horizon", () => {
    for (const exponent of [0, 0.5, 2, 4]) {
      for (const horizon of [1, 2, 5, 8, 13]) {
        const matrix = noiseColour(horizon, exponent);
        for (let step = 0; step < horizon; step++) assert.ok(Math.abs(covariance(matrix, horizon, step, step) - 1) < 1e-5);
      }
    }
  });

  it("is white with exponent 0: steps are uncorrelated", () => {
    const matrix = noiseColour(6, 0);
    for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) assert.ok(Math.abs(covariance(matrix, 6, i, j)) < 1e-6);
  });

  it("makes neighbouring steps the more alike the higher the exponent", () => {
    const alike = [0, 1, 2, 4].map((exponent) => covariance(noiseColour(8, exponent), 8, 3, 4));
    assert.ok(
      alike.every((value, i) => i === 0 || value > alike[i - 1]!),
      `${alike}`,
    );
  });
});

describe("icem candidates", () => {
  it("grow fewer by the decay, never fewer than twice the elites and never more than the budget", () => {
    assert.deepEqual(candidateCounts({ samples: 100, iterations: 5 }, { ...ICEM_DEFAULTS, sampleDecay: 2 }), [100, 50, 25, 20, 20]);
    assert.deepEqual(candidateCounts({ samples: 8, iterations: 3 }, ICEM_DEFAULTS), [8, 8, 8]);
  });

  it("keep the given share of the elites, at least one and at most half of the candidates", () => {
    assert.equal(keptCount(200, ICEM_DEFAULTS), 6);
    assert.equal(keptCount(200, { ...ICEM_DEFAULTS, keptShare: 0 }), 1);
    assert.equal(keptCount(8, { ...ICEM_DEFAULTS, keptShare: 1 }), 4);
  });
});

describe("elites kept between decisions", () => {
  const actions = Float32Array.from([0.1, 0.2, 0.3]);
  const kept = new KeptElites(1);
  kept.keep(actions, Float32Array.from([1, 2, 3, 4, 5, 6]));

  it("come back one step later, the last repeated where more are asked for", () => {
    assert.deepEqual(kept.recall(shiftWarmStart(actions, 1), 3), Float32Array.from([2, 3, 0, 5, 6, 0, 5, 6, 0]));
    assert.deepEqual(kept.recall(shiftWarmStart(actions, 1), 1), Float32Array.from([2, 3, 0]));
  });

  it("stay away when the next decision does not start from their plan", () => {
    assert.equal(kept.recall(null, 2), null);
    assert.equal(kept.recall(Float32Array.from([0.2, 0.31, 0]), 2), null);
    assert.equal(new KeptElites(1).recall(shiftWarmStart(actions, 1), 2), null);
  });
});

describe("icem over decisions", () => {
  it("goes on from its elites when the warm start is its own plan, and answers afresh when it is not", async () => {
    const model = await loadModelPackage(writeTinyModel());
    const make = () =>
      createSolver({
        name: "icem",
        package: model,
        skill: { name: "test", terms: { image: [{ term: "critic", weight: 1, unit: "decisions" }] }, constraints: [] },
        goalKind: "image",
        budget: { samples: 16, iterations: 1, horizon: 4, deadlineMs: 1000 },
        sessions,
        clock: new SystemClock(),
        adaptive: false,
      });
    const goalM: Vec3 = [0.6, 0.06, 0.03];
    await using first = await make();
    await using second = await make();
    const { actions } = await first.plan(requestTo(goalM), createRng(1));
    const warm = requestTo(goalM, shiftWarmStart(actions, 2));
    const goesOn = await first.plan(warm, createRng(2));
    const afresh = await second.plan(warm, createRng(2));
    assert.notDeepEqual(goesOn.predicted, afresh.predicted, "the kept elites took part");
    const again = await first.plan(requestTo(goalM), createRng(1));
    assert.deepEqual(again.actions, actions, "without a warm start there is no memory");
  });
});
