/** A model that is told where everything is, in a run: the shipped twin picks the cube up, carries it and sets it down, to the trial's goal or to a place that somebody names. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { run } from "../../../launch/run/run.ts";
import type { RunReport } from "../../../launch/run/words.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

const LAUNCH = join(packageRoot, "launch/panda-pick-place-told.launch.yaml");
const QUIET = ["backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1"];

async function watched(...overrides: readonly string[]): Promise<{ report: RunReport; believedM: readonly Vec3[] }> {
  const blueprint = await draw(loadLaunch(LAUNCH, [...QUIET, ...overrides]));
  const believedM: Vec3[] = [];
  const tap = {
    name: "looks",
    tick: ({ decision }: { decision: { measures: { objectM?: Vec3 } } }) => void believedM.push(decision.measures.objectM!),
  };
  const report = await run(blueprint, { say: () => {}, signal: new AbortController().signal, taps: [() => tap] });
  return { report, believedM };
}

test("the cube is lifted, set down where the simulator's picture shows it, and the task succeeds as soon as it lies there", async () => {
  const { report, believedM } = await watched();
  assert.equal(report.result, "succeeded", report.reason);
  assert.ok(report.reached, `${report.distanceLeftCm} cm left`);
  const heightsM = believedM.map(([, , z]) => z);
  assert.ok(Math.max(...heightsM) > heightsM[0]! + 0.03, `lifted to ${Math.max(...heightsM)} m`);
});

test("a place on the table will do for a goal, whatever its height: the cube comes to lie there", async () => {
  const { report, believedM } = await watched('task:={"skill":"pick-place","goal":{"kind":"object","positionM":[0.5,-0.1,0.05]}}');
  assert.equal(report.result, "succeeded", report.reason);
  const [x, y] = believedM.at(-1)!;
  assert.ok(Math.hypot(x - 0.5, y + 0.1) < 0.025, `at ${x}, ${y} m`);
});

test("a picture from a file is refused with what to give instead: it cannot look", async () => {
  const task = '{"skill":"pick-place","goal":{"kind":"image","source":"files","files":{}}}';
  const { report } = await watched(`task:=${task}`);
  assert.notEqual(report.result, "succeeded");
  assert.match(
    report.reason,
    /is told where things are and cannot look at a picture; give a place, or the picture that the simulator draws/,
  );
});

test("where no simulation tells, such a model is refused before anything moves", async () => {
  const real = loadLaunch(join(packageRoot, "launch/panda-ros2-push.launch.yaml"), ["model.path:=robots/panda/world-models/push-oracle"]);
  await assert.rejects(draw(real), {
    code: "model.mismatch",
    message: /push-oracle: is told where things are by a simulation, and backend.kind "ros2" has none that tells; choose a model that sees/,
  });
});
