/** Whole trainings at toy length: interrupted or not they end in the same bytes, and what cannot be learned from is refused. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { printTraining } from "../../../launch/learn/print-training.ts";
import { MODEL_ROLES } from "../../../runtime/core/model.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { readWeights } from "../../../runtime/learn/read-weights.ts";
import { type TrainOptions, train } from "../../../runtime/learn/train.ts";
import { trainUncertainty } from "../../../runtime/learn/train-only.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_DATA_CAMERA, TINY_META, TINY_RETAKE, TINY_UNLABELLED, TINY_UNSEEN, tinyDataset } from "../../helpers/tiny-dataset.ts";
import { tinyEnvironment, tinyTraining } from "../../helpers/tiny-training.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "foresight-train-"));
const data = tinyDataset(400);

const optionsOf = (changes: Partial<TrainOptions> = {}): TrainOptions => tinyTraining(data, changes);
const run = (options: TrainOptions, stopAsked?: () => boolean) => train(options, tinyEnvironment(stopAsked));

const networksOf = (out: string): Buffer[] => MODEL_ROLES.map((role) => readFileSync(join(out, `${role}.onnx`)));

test("a training makes a package that loads, with figures on held-out episodes", async () => {
  const options = optionsOf();
  const evaluation = await run(options);
  const model = await loadModelPackage(options.out);
  assert.equal(model.spec.latentDim, 67);
  assert.deepEqual(
    model.spec.training["phases"],
    Object.fromEntries(
      ["encoder", "predictor", "critic", "policy", "probe", "uncertainty", "prior", "subgoal"].map((name) => [
        name,
        { steps: 3, minutes: 0 },
      ]),
    ),
  );
  assert.ok((evaluation["heldOutFrames"] as number) > 0);
  for (const name of ["probeObject", "probeTool", "effectiveRank", "ahead1", "critic", "uncertainty"]) assert.ok(name in evaluation, name);
});

test("with a retake another model comes of it, and its card names what it saw", async () => {
  const [alone, taken] = [optionsOf({ levels: "one" }), optionsOf({ levels: "one", retake: tinyDataset(400, 300, TINY_RETAKE) })];
  await run(alone);
  await run(taken);
  assert.notDeepEqual(readFileSync(join(taken.out, "encoder.onnx")), readFileSync(join(alone.out, "encoder.onnx")));
  const { training } = (await loadModelPackage(taken.out)).spec;
  assert.match(String(training["retakeHash"]), /^[0-9a-f]{64}$/);
  assert.equal((await loadModelPackage(alone.out)).spec.training["retakeHash"], undefined);
});

test("for a planner on one level neither prior nor sampler is trained, nor is there one in the package", async () => {
  const options = optionsOf({ levels: "one" });
  await run(options);
  const { spec, networks } = await loadModelPackage(options.out);
  assert.deepEqual(Object.keys(spec.training["phases"] as object), ["encoder", "predictor", "critic", "policy", "probe", "uncertainty"]);
  assert.deepEqual([networks.prior, networks.subgoal], [undefined, undefined]);
});

test("interrupted after every single step and gone on with, it ends in the same bytes as in one go", async () => {
  const whole = optionsOf();
  await run(whole);
  const interrupted = optionsOf();
  let stops = 0;
  for (let finished = false; !finished && stops < 30; ) {
    try {
      await run(interrupted, () => true);
      finished = true;
    } catch (error) {
      assert.match(String(error), /stopped in phase \w+ at step \d, saved; the same command goes on from here/);
      stops++;
    }
  }
  assert.equal(stops, 24, "one after each of 3 steps of 8 phases");
  assert.deepEqual(networksOf(interrupted.out), networksOf(whole.out));
});

test("another seed gives another model", async () => {
  const [one, other] = [optionsOf(), optionsOf({ seed: 2 })];
  await run(one);
  await run(other);
  assert.notDeepEqual(networksOf(one.out)[0], networksOf(other.out)[0]);
});

test("a training can go on from a package on other data, and starts from its weights", async () => {
  const first = optionsOf();
  await run(first);
  const from = await loadModelPackage(first.out);
  const second = optionsOf({ data: tinyDataset(300), from });
  await run(second);
  const { training } = (await loadModelPackage(second.out)).spec;
  assert.equal((training["options"] as object) !== undefined && training["from"], from.modelHash);
});

test("with a share of the learning rate a package's networks stay nearer to what they were, and the package says so", async () => {
  const first = optionsOf();
  await run(first);
  const from = await loadModelPackage(first.out);
  const [known, wayFrom] = [
    readWeights(from),
    async (rateShare: number) => {
      const options = optionsOf({ data: tinyDataset(300), from, rateShare });
      await run(options);
      const learned = await loadModelPackage(options.out);
      assert.equal(learned.spec.training["rateShare"], rateShare);
      const weights = readWeights(learned);
      return [...known].reduce(
        (sum, [name, were]) => sum + were.reduce((far, was, i) => far + Math.abs((weights.get(name)?.[i] ?? was) - was), 0),
        0,
      );
    },
  ];
  const [whole, tenth] = [await wayFrom(1), await wayFrom(0.1)];
  assert.ok(tenth > 0 && tenth < 0.5 * whole, `${tenth} of ${whole}`);
});

test("the ensemble alone is trained on what a package sees, and nothing else of it changes", async () => {
  const first = optionsOf();
  await run(first);
  const from = await loadModelPackage(first.out);
  const out = folder();
  const told = await trainUncertainty({ ...first, out, work: folder(), seed: 7, from }, tinyEnvironment());
  const after = await loadModelPackage(out);
  for (const role of MODEL_ROLES)
    assert.equal(Buffer.compare(after.networks[role]!, from.networks[role]!) === 0, role !== "uncertainty", role);
  assert.deepEqual(Object.keys(told["uncertainty"] as object), ["median", "p95", "tellsWrong", "tellsStrange"]);
  assert.deepEqual(after.spec.evaluation["probeTool"], from.spec.evaluation["probeTool"]);
});

test("the privileged twin needs no pictures: its goals show object and hand, and the object's turn where the data tell it", async () => {
  const [placed, turned] = [optionsOf({ observation: "state" }), optionsOf({ observation: "state" })];
  await run(placed);
  await run({ ...turned, data: tinyDataset(400, 300, TINY_UNSEEN), expected: { ...turned.expected, cameras: null } });
  const [model, other] = [await loadModelPackage(placed.out), await loadModelPackage(turned.out)];
  assert.equal(model.spec.observation, "state");
  assert.deepEqual([model.spec.latentDim, model.stateDim], [9, 6]);
  assert.deepEqual([other.spec.latentDim, other.stateDim], [11, 7]);
  await using encoder = await openSession(other.networks.encoder, { provider: "cpu", threads: 1 });
  const seen = async (yawRad: number): Promise<number[]> => {
    const state = floats(Float32Array.of(0.5, 0, 0.03, 0.45, 0.1, 0.025, yawRad), [1, 7]);
    return Array.from((await encoder.run({ state }))["latent"]?.data as Float32Array);
  };
  const latent = await seen(0.3);
  assert.deepEqual(latent.slice(5, 8), latent.slice(8), "the hand is seen as it is felt");
  for (const [i, value] of (await seen(0.3 + Math.PI / 2)).entries())
    assert.ok(Math.abs(value - latent[i]!) < 1e-5, "a square looks the same after a quarter turn");
  assert.ok(Math.abs((await seen(0.7))[3]! - latent[3]!) > 0.1, "and other after less");
});

test("a model that sees is not made from data without pictures", async () => {
  const data = tinyDataset(400, 300, TINY_UNSEEN);
  await assert.rejects(run(optionsOf({ data, expected: { robot: "panda", cameras: [], axes: null } })), {
    code: "data.mismatch",
    message: /was collected without cameras; collect with some, or train with --privileged/,
  });
});

test("data of another camera are refused before anything is trained", async () => {
  const other = { ...TINY_DATA_CAMERA, positionM: [1, 0, 0.5] as const };
  await assert.rejects(run(optionsOf({ expected: { robot: "panda", cameras: [other], axes: null } })), {
    code: "data.mismatch",
    message: /camera 0 is/,
  });
});

test("too little to learn from is refused with the number that is missing", async () => {
  const little = tinyDataset(100, 300, TINY_META);
  await assert.rejects(run(optionsOf({ data: little })), {
    code: "data.mismatch",
    message: /rows to train on, at least 200 are needed; collect more/,
  });
});

test("a checkpoint of another seed is not mixed in", async () => {
  const options = optionsOf();
  await run(options);
  await assert.rejects(run({ ...options, seed: 5 }), { code: "train.checkpoint", message: /seed: 1 there, 5 asked for/ });
});

test("from data that do not say where the object is, as of a real arm, all but the probe is trained, anew or from a package that has one", async () => {
  const unlabelled = tinyDataset(400, 300, TINY_UNLABELLED);
  const anew = optionsOf({ data: unlabelled });
  const evaluation = await run(anew);
  const model = await loadModelPackage(anew.out);
  assert.equal(model.networks.probe, undefined);
  assert.ok(!("probeObject" in evaluation) && "probeTool" in evaluation);
  assert.match(printTraining(evaluation), /^object +not told: the data do not say where it is/m);

  const labelled = optionsOf();
  await run(labelled);
  const goneOn = optionsOf({ data: unlabelled, from: await loadModelPackage(labelled.out) });
  await run(goneOn);
  const { networks, spec } = await loadModelPackage(goneOn.out);
  assert.equal(networks.probe, undefined);
  assert.equal(spec.training["from"], (await loadModelPackage(labelled.out)).modelHash);
});

test("a privileged twin is not made from data that do not say where the object is", () =>
  assert.rejects(run(optionsOf({ data: tinyDataset(400, 300, TINY_UNLABELLED), observation: "state" })), {
    code: "data.mismatch",
    message: /does not say where the object is, which a privileged twin is told/,
  }));
