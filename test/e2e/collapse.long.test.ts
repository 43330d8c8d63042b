/** The ablation: without the regulariser the embedding collapses and the report says so; with it, it does not. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { printTraining } from "../../launch/learn/print-training.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { encoderRecipe, train } from "../../runtime/learn/train.ts";
import { TINY_DATA_CAMERA, tinyDataset } from "../helpers/tiny-dataset.ts";

const data = tinyDataset(1000);
const STEPS = 250;

async function learn(regulariser: boolean): Promise<Readonly<Record<string, unknown>>> {
  const recipe = { ...encoderRecipe("object"), windows: 16 };
  return await train(
    {
      data,
      rehearse: null,
      out: mkdtempSync(join(tmpdir(), "foresight-collapse-")),
      work: mkdtempSync(join(tmpdir(), "foresight-collapse-")),
      name: "tiny",
      seed: 1,
      budget: { steps: STEPS },
      goal: "object",
      observation: "cameras",
      teacher: null,
      critic: "one-step",
      levels: "one",
      encoder: regulariser ? recipe : { ...recipe, givenWeight: 0, plainWeight: 0, feltWeight: 0 },
      expected: { robot: "panda", cameras: [TINY_DATA_CAMERA], axes: ["x", "y"] },
      from: null,
      productVersion: "0.0.0",
    },
    { clock: new SystemClock(), session: { provider: "cpu" }, stopAsked: () => false, onProgress: () => undefined, say: () => undefined },
  );
}

test("without the regulariser the embedding collapses and the report says COLLAPSED; with it the report does not", async (context) => {
  const kept = await learn(true);
  const collapsed = await learn(false);
  context.diagnostic(`effective rank ${kept["effectiveRank"]} with the regulariser, ${collapsed["effectiveRank"]} without`);
  assert.match(printTraining(collapsed), /^COLLAPSED /m);
  assert.doesNotMatch(printTraining(kept), /COLLAPSED/);
  assert.ok((kept["effectiveRank"] as number) > 2 * (collapsed["effectiveRank"] as number));
});
