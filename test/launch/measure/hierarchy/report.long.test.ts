/** Goals ahead in the Panda's own simulator, by a model that is known by heart: its point moves as the tool does. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadInLockstep } from "../../../../launch/config/load-in-lockstep.ts";
import { openExamination } from "../../../../launch/measure/eval.ts";
import { reportHierarchy } from "../../../../launch/measure/hierarchy/report.ts";
import { scriptOf } from "../../../../launch/measure/hierarchy/script.ts";
import { displacementAxes } from "../../../../runtime/core/model.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { TINY_SCALE_M, writeTinyModel } from "../../../helpers/tiny-model.ts";

const REACH = join(packageRoot, "launch/panda-reach.launch.yaml");
const PUSH = join(packageRoot, "launch/panda-push.launch.yaml");
const signal = new AbortController().signal;

test("what a film saw a second playing of its first decisions sees again, to the last bit, and the world stands where it went on", async () => {
  const config = loadInLockstep(PUSH, [`model.path:=${writeTinyModel()}`], "a test");
  await using examination = await openExamination(config, { policy: "mode2" });
  const script = scriptOf(config, { ...examination, action: displacementAxes({ axes: ["x", "y"], scaleM: TINY_SCALE_M }) });
  const { trial, scene } = examination.draw(700);
  const film = await script.film(trial, { seed: 700, scene, decisions: 12 });
  assert.equal(film.length, 12);
  const again = await script.film(trial, { seed: 700, scene, decisions: 8 });
  assert.deepEqual(again, film.slice(0, 8));
  assert.deepEqual((await examination.world.truth()).toolM, film[8]!.toolM);
});

test("whoever plans comes to goals near and far, flat and told the way; chance does not", async () => {
  const model = writeTinyModel({ axes: ["x", "y", "z"], observation: "state" });
  const flags = { launch: REACH, overrides: [`model.path:=${model}`, "planner.samples:=32"], ahead: [5, 20], episodes: 3, seed: 700 };
  const { rows, goals } = await reportHierarchy(flags, { progress: () => {}, signal });
  const successes = (planner: string): readonly number[] =>
    rows.filter((row) => row.planner === planner).map(({ report }) => report.successes);
  assert.deepEqual(goals, [
    { ahead: 5, count: 3, inHand: 0 },
    { ahead: 20, count: 3, inHand: 0 },
  ]);
  assert.deepEqual(successes("flat"), [3, 3]);
  assert.deepEqual(successes("told"), [3, 3]);
  assert.ok(successes("random").every((each) => each < 3));
  assert.deepEqual(successes("sampled"), [], "this planner samples none");
});

test("an interrupted report has the rows that were played to the end of an episode, and says so of no others", async () => {
  const interrupted = new AbortController();
  const model = writeTinyModel({ axes: ["x", "y", "z"], observation: "state" });
  const flags = { launch: REACH, overrides: [`model.path:=${model}`], ahead: [5, 20], episodes: 2, seed: 700 };
  const progress = (text: string): void => (text.startsWith("random, 5 decisions ahead: 1 of 2") ? interrupted.abort() : undefined);
  const { rows } = await reportHierarchy(flags, { progress, signal: interrupted.signal });
  assert.deepEqual(
    rows.map(({ planner, ahead, report }) => [planner, ahead, report.episodes]),
    [["random", 5, 1]],
  );
});
