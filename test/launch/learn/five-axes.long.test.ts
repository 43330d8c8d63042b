/** A model of five axes from play to decisions: what is collected with yaw and gripper is trained, planned with, recorded and replayed. Toy lengths: nothing is learned here. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SIGHTS_MAX, sightsOf } from "../../../launch/run/kept-sights.ts";
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { cli } from "../../helpers/cli.ts";

const LAUNCH = "launch/panda-pick-place.launch.yaml";
const folder = mkdtempSync(join(tmpdir(), "foresight-five-axes-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await cli(...args);
  assert.equal(code, 0, `${args.join(" ")}: ${out}\n${err}`);
  return out;
}

test("play with yaw and gripper is data in which both move and are felt", async () => {
  await done("collect", LAUNCH, "--out", at("data"), "--rows", "260", "--workers", "1");
  using data = openDataset(at("data"));
  assert.deepEqual(data.meta.action.axes, ["x", "y", "z", "yaw", "gripper"]);
  const told = data.columns(["action.gripper"]);
  assert.deepEqual([...new Set(told)].sort(), [-1, 1], "a switch is told one of two");
  const openings = data.columns(["gripper.opening"]);
  assert.ok(Math.max(...openings) > 0.95 && Math.min(...openings) < 0.7, "the fingers open wide, and close on something");
  const turns = data.columns(["tool.yaw"]);
  assert.ok(Math.max(...turns) - Math.min(...turns) > 0.3, "the hand turns");
});

test("what is trained on it has its axes and signals, and decides with them", async () => {
  await done("train", LAUNCH, "--data", at("data"), "--out", at("model"), "--steps", "1");
  const model = await loadModelPackage(at("model"));
  const { spec } = model;
  assert.deepEqual(
    spec.axes.map(({ name, kind, scale }) => [name, kind, scale]),
    [
      ["x", "continuous", 0.03],
      ["y", "continuous", 0.03],
      ["z", "continuous", 0.03],
      ["yaw", "continuous", 0.3],
      ["gripper", "switch", 1],
    ],
  );
  assert.deepEqual(
    spec.proprioception.map(({ name, unit }) => `${name} [${unit}]`),
    ["tool.x [m]", "tool.y [m]", "tool.z [m]", "tool.yaw [rad]", "gripper.opening [1]"],
  );
  const sights = await sightsOf(model);
  assert.equal(sights.length, SIGHTS_MAX, "the page has pictures of what was in the play from the first decision on");
  for (const { latent, frames } of sights)
    assert.deepEqual([latent.length, ...frames.map(({ camera }) => camera)], [spec.latentDim, ...spec.cameras.map(({ name }) => name)]);
  const small = [`model.path:=${at("model")}`, "planner.samples:=16", "planner.iterations:=1"];
  assert.match(await done("eval", "--launch", LAUNCH, ...small, "--episodes", "1", "--seed", "1000"), /1 episodes/);
  await cli("run", LAUNCH, "backend.mode:=lockstep", "dashboard.port:=0", ...small, `record:=${at("run.mcap")}`); // Whether a toy succeeds is chance.
  assert.match(await done("replay", at("run.mcap")), /decisions are the recorded ones, bit for bit/);
});

test("a model of other axes is not learned on with these data, by the name of the first that differs", async () => {
  const { code, err } = await cli(
    "train",
    LAUNCH,
    "--data",
    at("data"),
    "--from",
    "robots/panda/world-models/reach",
    "--out",
    at("no"),
    "--steps",
    "1",
  );
  assert.equal(code, 2);
  assert.match(err, /data\.mismatch: .*action axis 4 is "yaw" \(continuous, 0\.3 rad\), the model's is none/);
});

test("a robot without a gripper is refused by check, before anything opens, and before a model is looked for", async () => {
  const { code, err } = await cli("check", LAUNCH, "robot:=ur5e", `model.path:=${at("none")}`);
  assert.equal(code, 2);
  assert.match(err, /model\.mismatch: action axis "gripper" \(switch\): robot "ur5e" has no gripper/);
});
