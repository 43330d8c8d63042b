import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { cardHash, cardText } from "../../../runtime/core/card-hash.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { reshape, slice } from "../../../runtime/graph/ops.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_CAMERAS, type TinyOptions, tinyNetworks, writeTinyModel } from "../../helpers/tiny-model.ts";

const rejects = (folder: string, code: string, message: RegExp): Promise<void> =>
  assert.rejects(loadModelPackage(folder), (error: { code: string; message: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });

/** Loading a tiny package with this change fails. */
const refuses = (options: TinyOptions, code: string, message: RegExp): Promise<void> => rejects(writeTinyModel(options), code, message);

describe("model package", () => {
  it("loads a valid package with all its networks and one hash for all weights", async () => {
    const folder = writeTinyModel();
    const model = await loadModelPackage(folder);
    assert.equal(model.folder, folder);
    assert.deepEqual(Object.keys(model.networks), ["encoder", "predictor", "critic", "policy", "probe", "uncertainty", "prior", "subgoal"]);
    assert.equal(model.networks.predictor.length, readFileSync(join(folder, "predictor.onnx")).length);
    assert.equal(model.stateDim, 0);
    assert.match(model.modelHash, /^[0-9a-f]{64}$/);
  });

  it("names the same weights by the same hash, others by another", async () => {
    const [first, same, other] = await Promise.all(
      [{}, {}, { axes: ["x", "y", "z"] as const }].map(async (options) => loadModelPackage(writeTinyModel(options))),
    );
    assert.equal(first?.modelHash, same?.modelHash);
    assert.notEqual(first?.modelHash, other?.modelHash);
  });

  it("notices a number of the card that was changed after it was written, and says what its hash is", async () => {
    const folder = writeTinyModel();
    const path = join(folder, "model.json");
    const content = JSON.parse(readFileSync(path, "utf8")) as { action: { scaleM: number } };
    const before = await loadModelPackage(folder);
    writeFileSync(path, cardText(content));
    assert.equal((await loadModelPackage(folder)).modelHash, before.modelHash);
    writeFileSync(path, cardText(content).replace('"scaleM": 0.03', '"scaleM": 0.3'));
    content.action.scaleM = 0.3;
    const message = new RegExp(`model\\.json: cardHash is ${before.modelHash}, but its content has the hash ${cardHash(content)}`);
    await rejects(folder, "model.corrupt", message);
  });

  it("names a card with other numbers by another hash", async () => {
    const [slow, quick] = [writeTinyModel(), writeTinyModel({ spec: { action: { axes: ["x", "y"], scaleM: 0.06 } } })];
    assert.notEqual((await loadModelPackage(slow)).modelHash, (await loadModelPackage(quick)).modelHash);
  });

  it("does without policy, probe, ensemble, prior and sampler of subgoals", async () => {
    const without = { policy: null, probe: null, uncertainty: null, prior: null, subgoal: null };
    const model = await loadModelPackage(writeTinyModel({ networks: without }));
    assert.deepEqual(Object.keys(model.networks), ["encoder", "predictor", "critic"]);
  });

  it("takes a prior that tells four decisions at once, and no other", async () => {
    const g = new Graph("short prior");
    for (const name of ["latent", "goal"]) g.input(name, "float32", [-1, 6]);
    g.output("chunk", reshape(g, g.input("noise", "float32", [-1, 6]), [-1, 3, 2]));
    await refuses(
      { networks: { prior: g.toBytes() } },
      "model.mismatch",
      /prior\.onnx: input "noise" is float32 \(batch, 6\), the contract wants float32 \(batch, 8\)/,
    );
  });

  it("reads the size of a state package's state from its encoder", async () => {
    assert.equal((await loadModelPackage(writeTinyModel({ observation: "state" }))).stateDim, 6);
  });

  it("says which folder is missing", () =>
    rejects(
      "/nowhere/model",
      "model.missing",
      /^model package \/nowhere\/model: cannot read \/nowhere\/model\/model\.json \(ENOENT: there is no such file or folder\); train or download/,
    ));

  it("says which file is missing", async () => {
    const folder = writeTinyModel();
    rmSync(join(folder, "critic.onnx"));
    await rejects(
      folder,
      "model.missing",
      /^critic of model package tiny: cannot read .*critic\.onnx \(ENOENT: there is no such file or folder\)/,
    );
  });

  it("refuses a file whose bytes have changed", async () => {
    const folder = writeTinyModel();
    const path = join(folder, "predictor.onnx");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    await rejects(
      folder,
      "model.corrupt",
      new RegExp(`predictor\\.onnx: sha256 is ${sha256(bytes)}, model\\.json declares [0-9a-f]{64}; train or download`),
    );
  });

  it("refuses a model.json that is no JSON", async () => {
    const folder = writeTinyModel();
    writeFileSync(join(folder, "model.json"), "{ broken");
    await rejects(folder, "model.corrupt", /model\.json: 8 characters are no JSON: /);
  });

  it("refuses bytes that are no ONNX model", () =>
    refuses({ networks: { critic: Uint8Array.of(255, 255, 255) } }, "model.corrupt", /critic\.onnx: 3 bytes are no ONNX model/));

  it("refuses another contract version before anything else", () =>
    refuses(
      { spec: { contract: 3, latentDim: "many" } },
      "model.mismatch",
      /model\.json: contract 3 is not 1 or 2, the versions that this product knows; train/,
    ));

  it("says of a card that is no object, or names no contract, that it is missing", async () => {
    for (const text of ["[]", "null", "{}", '"push"']) {
      const folder = writeTinyModel();
      writeFileSync(join(folder, "model.json"), text);
      await rejects(folder, "model.mismatch", /model\.json: contract is missing, it is not 1 or 2/);
    }
  });

  const contradictions: [string, Record<string, unknown>, RegExp][] = [
    ["an unknown key", { colour: "red" }, /Unrecognized key: "colour"/],
    ["a latent size that is no whole number", { latentDim: 6.5 }, /latentDim: /],
    [
      "a file outside the folder",
      { files: { encoder: { file: "../encoder.onnx", sha256: "0" } } },
      /files\.encoder\.file: a \.onnx file in the package's own folder/,
    ],
    [
      "a spread of zero",
      { proprioception: { signals: ["tool.x", "tool.y", "tool.z"], mean: [0, 0, 0], std: [1, 0, 1] } },
      /proprioception\.std\[1\]: /,
    ],
    ["no camera for pictures", { cameras: [] }, /cameras: empty, but observation is "cameras"; name at least one/],
    ["cameras for a state", { observation: "state" }, /cameras: not empty, but observation is "state"; leave it empty/],
    ["two cameras of one name", { cameras: [TINY_CAMERAS[0], TINY_CAMERAS[0]] }, /cameras: two have the same name/],
    [
      "cameras of different sizes",
      { cameras: [TINY_CAMERAS[0], { ...TINY_CAMERAS[1], widthPx: 32 }] },
      /cameras: "side" is 32x64 px, "front" is 64x64 px; all must have one size/,
    ],
    ["a missing tool height", { toolHeightM: null }, /toolHeightM: null; z is no action axis: write the height held in metres/],
    ["a number too large for JSON", { controlPeriodS: Number.POSITIVE_INFINITY }, /controlPeriodS: /],
  ];
  for (const [what, spec, message] of contradictions)
    it(`refuses ${what} in model.json`, () => refuses({ spec }, "model.mismatch", message));

  it("refuses a network whose latent is not the declared size", () =>
    refuses(
      { spec: { latentDim: 7 } },
      "model.mismatch",
      /encoder\.onnx: output "latent" is float32 \(batch, 6\), the contract wants float32 \(batch, 7\); export it again or correct model\.json/,
    ));

  it("refuses a network that takes another number of actions", () =>
    refuses(
      { networks: { predictor: tinyNetworks({ axes: ["x", "y", "z"] }).predictor } },
      "model.mismatch",
      /predictor\.onnx: input "action" is float32 \(batch, 3\), the contract wants float32 \(batch, 2\)/,
    ));

  it("refuses a network in the place of another", () =>
    refuses(
      { networks: { critic: tinyNetworks().probe } },
      "model.mismatch",
      /critic\.onnx: input "goal" is missing, it has latent; export it with the contract's names/,
    ));

  it("refuses an input that the contract does not feed", () =>
    refuses(
      { networks: { probe: twoInputProbe() } },
      "model.mismatch",
      /probe\.onnx: input "context" is unknown to the contract, which has latent; export it without/,
    ));

  it("refuses an encoder for another number of cameras", () =>
    refuses(
      { networks: { encoder: tinyNetworks({ cameras: TINY_CAMERAS.slice(1) }).encoder } },
      "model.mismatch",
      /encoder\.onnx: input "frames" is uint8 \(batch, 1, 64, 64, 3\), the contract wants uint8 \(batch, 2, 64, 64, 3\)/,
    ));
});

function twoInputProbe(): Uint8Array {
  const g = new Graph("probe");
  const latent = g.input("latent", "float32", [-1, 6]);
  const context = g.input("context", "float32", [-1, 3]);
  g.output("object", slice(g, latent, 1, 0, 3));
  g.output("tool", context);
  return g.toBytes();
}
