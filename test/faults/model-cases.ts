/** E: model packages that are missing, broken or of something else, and models that answer nonsense. */
import assert from "node:assert/strict";
import { appendFileSync, cpSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "../../runtime/core/errors.ts";
import { createEncoder } from "../../runtime/encode/encoder.ts";
import { openSession } from "../../runtime/graph/session.ts";
import { checkModelFits } from "../../runtime/predict/model-fit.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { DECISIONS } from "../../runtime/supervise/decide.ts";
import { TINY_CAMERAS, tinyFrame, writeTinyModel } from "../helpers/tiny-model.ts";
import { type FaultCase, refused } from "./case.ts";
import { loopCase } from "./loop-case.ts";

const PICTURES = TINY_CAMERAS.map((camera) => tinyFrame(camera, [0.5, 0, 0.1]));

function package_(id: string, fault: string, code: ErrorCode, spoil: (folder: string) => void): FaultCase {
  return refused({ id, fault, detectedBy: `model package, ${code}` }, async () => {
    const folder = writeTinyModel();
    await loadModelPackage(folder);
    spoil(folder);
    await assert.rejects(loadModelPackage(folder), { code });
    assert.equal(DECISIONS[code].reaction, "stop");
  });
}

const fits = async (cameras: typeof TINY_CAMERAS, axes: readonly ("x" | "y" | "z")[]): Promise<void> =>
  checkModelFits(await loadModelPackage(writeTinyModel()), { cameras, actionAxes: axes });

export const MODEL_CASES: readonly FaultCase[] = [
  package_("E1a", "a network's file is missing", "model.missing", (folder) => rmSync(join(folder, "predictor.onnx"))),
  package_("E1b", "the card is missing", "model.missing", (folder) => rmSync(join(folder, "model.json"))),
  package_("E2a", "a network's file is cut short", "model.corrupt", (folder) => truncateSync(join(folder, "encoder.onnx"), 100)),
  package_("E2b", "a network's file has a byte too many: its hash is another", "model.corrupt", (folder) =>
    appendFileSync(join(folder, "encoder.onnx"), "!"),
  ),
  package_("E3a", "a network is no ONNX", "model.corrupt", (folder) => writeFileSync(join(folder, "critic.onnx"), "not a network")),
  package_("E6a", "the card is no JSON", "model.corrupt", (folder) => writeFileSync(join(folder, "model.json"), "{")),
  refused({ id: "E6b", fault: "the scale of its actions is missing", detectedBy: "model package, model.mismatch" }, async () => {
    const folder = writeTinyModel({ spec: { action: { axes: ["x", "y"] } } });
    await assert.rejects(loadModelPackage(folder), { code: "model.mismatch" });
  }),
  refused({ id: "E3b", fault: "cameras other than the model's", detectedBy: "model fit, model.mismatch" }, () =>
    assert.rejects(fits(TINY_CAMERAS.slice(0, 1), ["x", "y"]), { code: "model.mismatch" }),
  ),
  refused({ id: "E7", fault: "a skill that moves other axes than the model", detectedBy: "model fit, model.mismatch" }, () =>
    assert.rejects(fits(TINY_CAMERAS, ["x", "y", "z"]), { code: "model.mismatch" }),
  ),
  refused(
    {
      id: "E8",
      fault: "the model's files are replaced while it runs",
      detectedBy: "model package, model.corrupt, at the next start",
      safeState: "what runs goes on with the model that was checked; the new files are not read",
    },
    async () => {
      const folder = writeTinyModel();
      const model = await loadModelPackage(folder);
      await using encoder = await createEncoder({ package: model, open: openSession, toolAt: () => [0.5, 0, 0.1] });
      const before = await encoder.encodeGoal(PICTURES);
      cpSync(join(folder, "critic.onnx"), join(folder, "encoder.onnx"));
      assert.deepEqual(await encoder.encodeGoal(PICTURES), before);
      await assert.rejects(loadModelPackage(folder), { code: "model.corrupt" });
    },
  ),
  loopCase({
    id: "E4",
    fault: "a model answers NaN",
    by: "encoder",
    code: "model.not-finite",
    says: /latent entry 0 is NaN/,
    withinMs: 0,
    arm: "holds",
    faults: [{ fault: "model-nan" }],
  }),
];
