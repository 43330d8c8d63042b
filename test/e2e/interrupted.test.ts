/** `foresight train` killed or interrupted at ten random instants and resumed each time: the same package, and a loss log without a gap or a double. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";
import { MODEL_ROLES } from "../../runtime/core/model.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { CurvePoint } from "../../runtime/learn/checkpoint.ts";
import { cli, startCli } from "../helpers/cli.ts";

const INSTANTS = 10;
/** So many at least are in the middle of it. */
const INSTANTS_MIN = 6;
const STEPS = 24;
const PHASES = ["encoder", "predictor", "critic", "policy", "probe"];
const ROLES = MODEL_ROLES.filter((role) => role !== "prior" && role !== "subgoal"); // Of a planner on one level.
const LAUNCH = "launch/panda-push.launch.yaml";
const clock = new SystemClock();
const folder = mkdtempSync(join(tmpdir(), "foresight-interrupted-"));
const data = join(folder, "data");

const started = (name: string) => {
  const flags = ["--data", data, "--out", join(folder, name, "model"), "--work", join(folder, name, "work"), "--steps", String(STEPS)];
  return startCli(["train", LAUNCH, "dashboard.enabled:=false", ...flags]);
};

const networks = (name: string): Buffer[] => ROLES.map((role) => readFileSync(join(folder, name, "model", `${role}.onnx`)));

/** Sum of the losses of all steps of a phase; asserts that its log covers each step once. */
function summedLoss(name: string, phase: string): number {
  const { curve } = JSON.parse(readFileSync(join(folder, name, "work", `${phase}.json`), "utf8")) as { curve: CurvePoint[] };
  let before = 0;
  let sum = 0;
  for (const { step, figures } of curve) {
    assert.ok(step > before, `${phase}: step ${step} is logged after step ${before}`);
    sum += (figures["loss"] as number) * (step - before); // A point is the mean since the one before.
    before = step;
  }
  assert.equal(before, STEPS, `${phase}: the log ends at the last step`);
  return sum;
}

test("killed or interrupted at ten random instants, a training ends in the same bytes and its loss log has every step once", async (context) => {
  const collected = await cli("collect", LAUNCH, "--out", data, "--rows", "300", "--workers", "1");
  assert.equal(collected.code, 0, collected.err);
  const whole = started("whole");
  await whole.saw(/held out/);
  const beginNs = clock.nowNs();
  const done = await whole.result;
  assert.equal(done.code, 0, done.err);
  const wholeMs = nsToMs(clock.nowNs() - beginNs);

  const rng = createRng(10);
  let isWhole = false;
  for (let i = 0; i < INSTANTS && !isWhole; i++) {
    const running = started("interrupted");
    await running.saw(/held out/);
    await clock.sleep(rng.between(0, wholeMs / 6)); // Opening sessions included: all ten together do less than the whole training.
    const signal = i % 2 === 0 ? "SIGINT" : "SIGKILL";
    running.child.kill(signal);
    const { code, err } = await running.result;
    isWhole = code === 0 && i >= INSTANTS_MIN; // The machine has less to do than when the whole training was timed.
    if (!isWhole) assert.equal(code, signal === "SIGINT" ? 130 : null, `${signal} ${i}: ${err}`);
    context.diagnostic(`${signal} ${err.match(/stopped in phase \w+ at step \d+/)?.[0] ?? ""}`);
  }
  if (!isWhole) {
    const resumed = await started("interrupted").result;
    assert.equal(resumed.code, 0, resumed.err);
  }

  assert.deepEqual(networks("interrupted"), networks("whole"));
  for (const phase of PHASES) {
    const [one, other] = [summedLoss("whole", phase), summedLoss("interrupted", phase)];
    assert.ok(Math.abs(one - other) <= 1e-6 * Math.abs(one), `${phase}: losses sum to ${other}, in one go to ${one}`);
  }
});
