/** What travels to workers holds no secret and no other machine's path, and a worker does nothing that is not what is meant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configFrom, loadLaunch } from "../../../launch/config/load.ts";
import { openEvalBench } from "../../../launch/jobs/eval-jobs.ts";
import { travelling } from "../../../launch/jobs/travel.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

const LAUNCH = "launch/panda-reach.launch.yaml";
const SECRET = "a-secret-of-sixteen-and-more";
const FROM_ENVIRONMENT = "$" + "{env:SECRET}";
const lockstep = ["backend.mode:=lockstep"];
const launch = travelling(loadLaunch(LAUNCH, lockstep)) as Record<string, unknown>;
const asked = { policy: "random", goal: "image", subgoals: "sampled" };
const sheet = { kind: "eval", product: "1.2.3", launch, model: "0".repeat(64), asked };
const opening = (change: object): Promise<unknown> => openEvalBench(JSON.stringify({ ...sheet, ...change }), "1.2.3");

test("a launch file that travelled says the same, from the root of the other machine's project", () => {
  const home = loadLaunch(LAUNCH, [...lockstep, "dashboard.enabled:=false"]);
  assert.equal((launch["model"] as { path: string }).path, "robots/panda/world-models/reach");
  assert.deepEqual(configFrom(JSON.parse(JSON.stringify(launch)), new Map(), [], {}), home);
  assert.ok(!JSON.stringify(launch).includes(packageRoot));
});

test("no secret travels", () => {
  const told = loadLaunch(
    LAUNCH,
    [...lockstep, `dashboard.token:=${FROM_ENVIRONMENT}`, "foxglove:={}", `foxglove.token:=${FROM_ENVIRONMENT}`],
    { SECRET },
  );
  assert.ok(JSON.stringify(told).includes(SECRET));
  assert.ok(!JSON.stringify(travelling(told)).includes(SECRET));
  const served = loadLaunch(LAUNCH, [...lockstep, `model.provider:={server: http://127.0.0.1:8000, token: '${FROM_ENVIRONMENT}'}`], {
    SECRET,
  });
  assert.throws(() => travelling(served), { code: "launch.invalid", message: /model\.provider.*do not travel; give model\.provider:=cpu/ });
});

test("what moves a real arm is not asked for, and not done where it is asked", async () => {
  const real = loadLaunch("launch/panda-ros2.launch.yaml");
  assert.throws(() => travelling(real), { code: "launch.invalid", message: /embedded simulator/ });
  const { dashboard, ...rest } = real;
  await assert.rejects(opening({ launch: { ...rest, dashboard: { enabled: false } } }), {
    code: "launch.invalid",
    message: /embedded simulator/,
  });
});

test("another model, another version, another form, or a launch file that is none is refused", async () => {
  await assert.rejects(opening({}), { code: "model.mismatch", message: /the model in .*reach is [0-9a-f]{64}, the job is about 0000/ });
  await assert.rejects(opening({ product: "1.2.4" }), { code: "data.mismatch", message: /of version 1\.2\.4, this worker is 1\.2\.3/ });
  await assert.rejects(opening({ more: 1 }), { code: "data.mismatch", message: /of another version/ });
  await assert.rejects(opening({ launch: { ...launch, planner: { samples: "many" } } }), {
    code: "launch.invalid",
    message: /planner\.samples/,
  });
  await assert.rejects(openEvalBench("{", "1.2.3"), { code: "data.mismatch" });
});
