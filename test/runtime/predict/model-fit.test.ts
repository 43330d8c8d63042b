import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AxisName } from "../../../runtime/core/model.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { checkModelFits } from "../../../runtime/predict/model-fit.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_CAMERAS, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const [front, side] = TINY_CAMERAS as [CameraSpec, CameraSpec];
const XY: AxisName[] = ["x", "y"];
const refusal = (message: string) => ({ name: "AgentError", code: "model.mismatch", message });

describe("model and surroundings", () => {
  it("fit when every camera of the model is there, in any order and with others beside", () => {
    checkModelFits(model, { cameras: [{ ...front, name: "overview" }, side, front], actionAxes: XY });
  });

  it("fit within 5 mm of the camera's place in training", () => {
    checkModelFits(model, { cameras: [{ ...front, positionM: [1.123, 0, 0.423] }, side], actionAxes: XY });
  });

  it("do not fit with other action axes", () => {
    assert.throws(
      () => checkModelFits(model, { cameras: TINY_CAMERAS, actionAxes: ["x", "y", "z"] }),
      refusal("model package tiny: acts along x, y but the skill along x, y, z; choose a model or a skill that fits"),
    );
  });

  it("do not fit without one of the cameras", () => {
    assert.throws(
      () => checkModelFits(model, { cameras: [front], actionAxes: XY }),
      refusal('model package tiny: camera "side" is not given, there is "front"; add it to the launch file\'s cameras'),
    );
  });

  const moved: [string, CameraSpec, string][] = [
    ["size", { ...front, widthPx: 128 }, "size is 128x64 px, the model was trained with 64x64 px"],
    ["field of view", { ...front, fovYRad: 0.9 }, "vertical field of view is 0.9000 rad, the model was trained with 0.8203 rad"],
    [
      "position",
      { ...front, positionM: [1.12, 0, 0.52] },
      "position is (1.120, 0.000, 0.520) m, the model was trained with (1.120, 0.000, 0.420) m",
    ],
    [
      "target",
      { ...front, targetM: [0.5, 0.1, 0.03] },
      "target is (0.500, 0.100, 0.030) m, the model was trained with (0.500, 0.000, 0.030) m",
    ],
    [
      "position that is not a number",
      { ...front, positionM: [Number.NaN, 0, 0.42] },
      "position is (NaN, 0.000, 0.420) m, the model was trained with (1.120, 0.000, 0.420) m",
    ],
  ];
  for (const [what, camera, difference] of moved) {
    it(`do not fit when a camera has another ${what}`, () => {
      assert.throws(
        () => checkModelFits(model, { cameras: [camera, side], actionAxes: XY }),
        refusal(`model package tiny: camera "front": ${difference}; set it so or train again`),
      );
    });
  }
});
