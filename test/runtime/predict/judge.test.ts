import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { createJudge, toolOf } from "../../../runtime/predict/judge.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { sessions } from "../../contracts/solver.ts";
import { TINY_LATENT_DIM, TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const HERE_M: Vec3 = [0.5, 0.1, 0.03];
const GOAL_M: Vec3 = [0.5 + 3 * TINY_SCALE_M, 0.1 - 4 * TINY_SCALE_M, 0.03];
const near = (value: number | null, expected: number): void =>
  assert.ok(value !== null && Math.abs(value - expected) < 1e-5, `${value}, not ${expected}`);

describe("judge", () => {
  it("gives the critic's decisions for a goal picture, and no metres that nobody measured", async () => {
    await using judge = await createJudge({ package: model, open: sessions.open });
    const measures = await judge.measure(tinyLatent(HERE_M), { kind: "image", latent: tinyLatent(GOAL_M), positionM: [9, 9, 9] });
    near(measures.criticCost, 5);
    assert.deepEqual([measures.toolToGoalM, measures.objectToGoalM], [null, null]);
  });

  it("measures a tool goal by the joints that the latent holds, in three dimensions", async () => {
    await using judge = await createJudge({ package: model, open: sessions.open });
    const goal = { kind: "tool", latent: new Float32Array(TINY_LATENT_DIM), positionM: [0.5, 0.14, 0.06] } as const;
    const measures = await judge.measure(tinyLatent(HERE_M), goal);
    near(measures.toolToGoalM, 0.05);
    assert.deepEqual([measures.criticCost, measures.objectToGoalM], [null, null]);
  });

  it("measures an object goal by the probe, on the table's plane: height is no matter of pushing", async () => {
    await using judge = await createJudge({ package: model, open: sessions.open });
    const goal = { kind: "object", latent: new Float32Array(TINY_LATENT_DIM), positionM: [0.56, 0.02, 0.5] } as const;
    const measures = await judge.measure(tinyLatent(HERE_M), goal);
    near(measures.objectToGoalM, 0.1);
    const [x, y, z] = (await judge.objectM(tinyLatent(HERE_M)))!;
    assert.deepEqual(measures.objectM, [x, y, z]);
    near(x, 0.5);
    near(y, 0.1);
    near(z, 0.03);
  });

  it("knows no object without a probe", async () => {
    const blind = await loadModelPackage(writeTinyModel({ networks: { probe: null } }));
    await using judge = await createJudge({ package: blind, open: sessions.open });
    const goal = { kind: "object", latent: new Float32Array(TINY_LATENT_DIM), positionM: HERE_M } as const;
    const measures = await judge.measure(tinyLatent(HERE_M), goal);
    assert.equal(measures.objectToGoalM, null);
    assert.ok(!("objectM" in measures));
    assert.equal(await judge.objectM(tinyLatent(HERE_M)), null);
  });

  it("refuses a latent that makes the networks answer with something that is not a number", async () => {
    await using judge = await createJudge({ package: model, open: sessions.open });
    const broken = tinyLatent(HERE_M).fill(Number.NaN);
    await assert.rejects(judge.measure(broken, { kind: "image", latent: tinyLatent(GOAL_M), positionM: HERE_M }), {
      code: "model.not-finite",
      message: /^tiny judge: critic says NaN decisions, probe \(NaN, NaN, NaN\) m, must be finite; check the latent/,
    });
  });

  it("reads the tool point back from the normalised end of a latent", () => {
    toolOf(model.spec, tinyLatent(HERE_M)).forEach((value, axis) => void near(value, HERE_M[axis]!));
  });
});
