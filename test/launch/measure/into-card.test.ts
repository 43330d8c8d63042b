/** What eval found can be demanded of the model from then on, and the model stays the same. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { summarise } from "../../../launch/measure/evaluate.ts";
import { intoCard, tryIntoCard } from "../../../launch/measure/into-card.ts";
import { checkRequired } from "../../../launch/required-model.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";

test("the figures of an evaluation go into the card, beside what is there, and its hash stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-card-"));
  try {
    cpSync(join(packageRoot, "robots/panda/world-models/reach"), folder, { recursive: true });
    const before = await loadModelPackage(folder);
    const of = { task: "reach", goal: "image", mode: "lockstep", seed: 1000, modelHash: before.modelHash, stages: null } as const;
    const options = { launch: "launch/panda-reach.launch.yaml", overrides: [`model.path:=${folder}`], episodes: 0, seed: 1000 };
    const one = {
      passed: 0,
      finalErrorCm: 1,
      decisions: 1,
      interventions: 0,
      bystanders: { count: 0, moved: 0 },
      ticks: [],
      modelCalls: 0,
      criticCost: null,
    };
    const episodes = Array.from({ length: 40 }, (_, seed) => ({ ...one, seed, success: true }));
    await intoCard({ ...options, policy: "mode2" }, summarise({ ...of, policy: "mode2" }, episodes));
    const after = await loadModelPackage(folder);
    assert.equal(after.modelHash, before.modelHash);
    const { success, ...others } = after.spec.evaluation as { success: { low95: number; successes: number } };
    assert.deepEqual(others, before.spec.evaluation);
    assert.equal(success.successes, 40);
    const demanding = (min: number) => () =>
      checkRequired({ model: { requires: { evaluation: { "success.low95": { min } } } } } as never, after);
    demanding(0.9)();
    assert.throws(demanding(0.99), { code: "model.mismatch", message: /success\.low95 is 0\.9124, must be at least 0\.99/ });
    await tryIntoCard({ ...options, policy: "mode2" });
    renameSync(join(folder, "model.json"), join(folder, "card.json"));
    symlinkSync("card.json", join(folder, "model.json")); // Stands for a disk that cannot be written to: nothing of ours is put in its place.
    await assert.rejects(tryIntoCard({ ...options, policy: "mode2" }), {
      code: "train.checkpoint",
      message: /model\.json: could not be written when the figures are known .*model\.path:=FOLDER/,
    });
    const chance = summarise({ ...of, policy: "random" }, episodes);
    await assert.rejects(intoCard({ ...options, policy: "random" }, chance), { code: "launch.invalid", message: /decides nothing/ });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
