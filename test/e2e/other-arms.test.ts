/** Arms beside the Panda, through the command line: their shipped models reach and push, and collect, train and eval make and judge another at toy length. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli } from "../helpers/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-arms-"));
const SMALL = ["planner.samples:=16", "planner.iterations:=1"];

const EPISODES = 6;

test("a launch file whose model is not there is checked all the same, and says how to make one", async () => {
  const launch = "launch/ur5e-push.launch.yaml";
  const { code, out, err } = await cli("check", launch);
  assert.equal(code, 0, err);
  assert.match(
    out,
    new RegExp(
      `everything fits; there is no model yet .*ur5e/world-models/push.*\\n  npx foresight collect ${launch} --out .*\\n  npx foresight train ${launch}`,
    ),
  );
  const run = await cli("run", launch);
  assert.equal(run.code, 2);
  assert.match(run.err, /model\.missing: model package .*: is not there; make it with "foresight collect .*"foresight train/);
  const floor = await cli("eval", "--launch", launch, "--policy", "random", "--episodes", "2");
  assert.equal(floor.code, 0, floor.err);
  assert.match(floor.out, /push, random, lockstep: [012] of 2 episodes succeeded[\s\S]*0 model calls[\s\S]*no model/);
  const oracle = await cli("eval", "--launch", launch, "--policy", "oracle", "--episodes", "2");
  assert.equal(oracle.code, 2);
  assert.match(
    oracle.err,
    /model\.missing: --policy oracle: .*push-oracle, which is not there; make it with: foresight train .*--privileged/,
  );
});

const successesOf = (out: string): number => Number(/lockstep: (\d+) of \d+ episodes succeeded/.exec(out)?.[1]);

/** Of development seeds: the shipped model but one at most, chance one at most. */
async function beatsChance(launch: string): Promise<void> {
  const planned = await cli("eval", "--launch", launch, "--episodes", `${EPISODES}`, "--seed", "600");
  assert.equal(planned.code, 0, planned.err);
  assert.ok(successesOf(planned.out) >= EPISODES - 1, planned.out);
  const floor = await cli("eval", "--launch", launch, "--policy", "random", "--episodes", `${EPISODES}`, "--seed", "600");
  assert.equal(floor.code, 0, floor.err);
  assert.ok(successesOf(floor.out) <= 1, floor.out);
}

test("so101: the shipped model pushes a cube to where a picture shows it, and chance does not", () =>
  beatsChance("launch/so101-push.launch.yaml"));

for (const [robot, joints] of [
  ["ur5e", 6],
  ["so101", 5],
] as const) {
  const launch = `launch/${robot}-reach.launch.yaml`;

  test(`${robot}: the shipped model reaches, and chance does not`, () => beatsChance(launch));

  test(`${robot}: collect, train and eval run from its launch file`, async () => {
    const [data, model, figures] = [join(folder, `${robot}-data`), join(folder, `${robot}-model`), join(folder, `${robot}.json`)];
    const collected = await cli("collect", launch, "--out", data, "--rows", "300", "--workers", "1");
    assert.equal(collected.code, 0, collected.err);
    const meta = JSON.parse(readFileSync(join(data, "meta.json"), "utf8")) as { robot: string; columns: readonly string[] };
    assert.equal(meta.robot, robot);
    assert.equal(meta.columns.filter((name) => name.startsWith("joint")).length, joints);

    const trained = await cli("train", launch, "--data", data, "--out", model, "--steps", "3", "dashboard.enabled:=false");
    assert.equal(trained.code, 0, trained.err);

    const run = ["--episodes", "2", "--seed", "600", "--json", figures, `model.path:=${model}`, ...SMALL];
    const evaluated = await cli("eval", "--launch", launch, ...run);
    assert.equal(evaluated.code, 0, evaluated.err);
    const { rows } = JSON.parse(readFileSync(figures, "utf8")) as { rows: readonly { seed: number; decisions: number }[] };
    assert.deepEqual(
      rows.map(({ seed }) => seed),
      [600, 601],
    );
    for (const { seed, decisions } of rows) assert.ok(decisions > 30, `seed ${seed}: ${decisions} of 40 decisions`);
  });
}
