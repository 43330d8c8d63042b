/** An arm does not start with a model that is not what its launch file demands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { checkRequired } from "../../launch/required-model.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";

const evaluation = { ahead4: { objectMeanM: 0.006 }, success: { low95: 0.963, task: "push" } };
const model = { folder: "/models/push", modelHash: "abc123abc123".padEnd(64, "0"), spec: { evaluation } } as unknown as ModelPackage;
const required = (requires: object) => checkRequired({ model: { requires } } as never, model);

test("a model with the hash and the figures is taken, and so is any where nothing is demanded", () => {
  required({ hash: "abc123abc123", evaluation: { "success.low95": { min: 0.9 }, "ahead4.objectMeanM": { min: 0, max: 0.01 } } });
  checkRequired({ model: {} } as never, model);
});

test("everything that is not as demanded is told, with value, bound and remedy", () => {
  assert.throws(
    () =>
      required({
        hash: "fff123abc123",
        evaluation: {
          "success.low95": { min: 0.99 },
          "ahead4.objectMeanM": { max: 0.001 },
          "success.task": { min: 0 },
          "constructor.name": { min: 0 },
        },
      }),
    {
      code: "model.mismatch",
      message:
        /^model package \/models\/push: its hash is abc123abc1230+, must begin with fff123abc123; evaluation\.success\.low95 is 0\.963, must be at least 0\.99; evaluation\.ahead4\.objectMeanM is 0\.006, must be at most 0\.001; evaluation\.success\.task is not in its card, must be at least 0; evaluation\.constructor\.name is not in its card.*foresight pull, --back 1/,
    },
  );
});

test("a launch file says it, and the agent is not drawn with another", async () => {
  const launch = "launch/panda-reach.launch.yaml";
  await assert.rejects(draw(loadLaunch(launch, ["model.requires:={hash: abcdef000000}"])), {
    code: "model.mismatch",
    message: /must begin with abcdef000000/,
  });
  await draw(loadLaunch(launch, ["model.requires:={evaluation: {effectiveRank: {min: 5}}}"]));
  for (const odd of ["{hash: 123}", "{evaluation: {effectiveRank: {}}}", "{evaluation: {effectiveRank: {min: many}}}", "{model: x}"])
    assert.throws(() => loadLaunch(launch, [`model.requires:=${odd}`]), { code: "launch.invalid" }, odd);
});
