/** Arms that no model is shipped for, through the command line at toy length: check says how a model is made, and collect, train and eval make and judge one. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli } from "../helpers/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-arms-"));
const SMALL = ["planner.samples:=16", "planner.iterations:=1"];

for (const [robot, joints] of [
  ["ur5e", 6],
  ["so101", 5],
] as const) {
  const launch = `launch/${robot}-reach.launch.yaml`;

  test(`${robot}: check says yes, that there is no model yet, and how to make one`, async () => {
    const { code, out, err } = await cli("check", launch);
    assert.equal(code, 0, err);
    assert.match(
      out,
      new RegExp(
        `everything fits; there is no model yet .*${robot}/world-models/reach.*\\n  npx foresight collect ${launch} --out .*\\n  npx foresight train ${launch}`,
      ),
    );
  });

  test(`${robot}: what needs a model says that there is none, and how to make one`, async () => {
    const { code, err } = await cli("run", launch);
    assert.equal(code, 2);
    assert.match(err, /model\.missing: model package .*: is not there; make it with "foresight collect .*"foresight train/);
  });

  test(`${robot}: the random floor is told without any model; the oracle says which model it plans with`, async () => {
    const floor = await cli("eval", "--launch", launch, "--policy", "random", "--episodes", "2");
    assert.equal(floor.code, 0, floor.err);
    assert.match(floor.out, /reach, random, lockstep: [012] of 2 episodes succeeded[\s\S]*0 model calls[\s\S]*no model/);
    const oracle = await cli("eval", "--launch", launch, "--policy", "oracle", "--episodes", "2");
    assert.equal(oracle.code, 2);
    assert.match(
      oracle.err,
      /model\.missing: --policy oracle: .*reach-oracle, which is not there; make it with: foresight train .*--privileged/,
    );
  });

  test(`${robot}: collect, train and eval run from its launch file`, async () => {
    const [data, model] = [join(folder, `${robot}-data`), join(folder, `${robot}-model`)];
    const collected = await cli("collect", launch, "--out", data, "--rows", "300", "--workers", "1");
    assert.equal(collected.code, 0, collected.err);
    const meta = JSON.parse(readFileSync(join(data, "meta.json"), "utf8")) as { robot: string; columns: readonly string[] };
    assert.equal(meta.robot, robot);
    assert.equal(meta.columns.filter((name) => name.startsWith("joint")).length, joints);

    const trained = await cli("train", launch, "--data", data, "--out", model, "--steps", "3", "dashboard.enabled:=false");
    assert.equal(trained.code, 0, trained.err);

    const run = ["--episodes", "2", "--seed", "600", `model.path:=${model}`, ...SMALL];
    const evaluated = await cli("eval", "--launch", launch, ...run);
    assert.equal(evaluated.code, 0, evaluated.err);
    assert.match(evaluated.out, /reach, mode2, lockstep: [012] of 2 episodes succeeded/);
  });
}
