/** The shipped model that sees, in a run: from two pictures of how things should look it picks the cube up, carries it and sets it down. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { evaluateLaunch } from "../../../launch/measure/eval.ts";
import { run } from "../../../launch/run/run.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

const LAUNCH = join(packageRoot, "launch/panda-pick-place.launch.yaml");
const { signal } = new AbortController();

test("the cube is lifted and set down where the picture shows it: the task succeeds by what is seen, and the simulator's truth agrees", async () => {
  const blueprint = await draw(loadLaunch(LAUNCH, ["backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1"]));
  const believedM: Vec3[] = [];
  const tap = {
    name: "looks",
    tick: ({ decision }: { decision: { measures: { objectM?: Vec3 } } }) => void believedM.push(decision.measures.objectM!),
  };
  const report = await run(blueprint, { say: () => {}, signal, taps: [() => tap] });
  assert.equal(report.result, "succeeded", report.reason);
  assert.ok(report.reached, `${report.distanceLeftCm} cm left`);
  const heightsM = believedM.map(([, , z]) => z);
  assert.ok(Math.max(...heightsM) > heightsM[0]! + 0.03, `lifted to ${Math.max(...heightsM)} m`);
});

test("of six episodes of development nearly all end with the cube placed and released, the same twice", async () => {
  const options = {
    launch: LAUNCH,
    overrides: ["model.threads:=1"],
    episodes: 6,
    seed: 650,
    policy: "mode2",
    goal: "image",
    subgoals: "sampled",
  } as const;
  const io = { say: () => {}, progress: () => {}, signal, onLost: (error: unknown) => assert.fail(String(error)) };
  const [once, again] = [await evaluateLaunch(options, io), await evaluateLaunch(options, io)];
  assert.ok(once.successes >= 5, `${once.successes} of 6`);
  assert.deepEqual(again.finalErrorCm, once.finalErrorCm);
});
