/** A workspace or a keep-out box that guards nothing is a problem of the launch file, not a count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { reachProblems } from "../../../launch/config/check-reach.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { reachOf } from "../../../runtime/kinematics/reach.ts";

const REACH = "launch/panda-reach.launch.yaml";
const guardsWith = (...overrides: string[]) => loadLaunch(REACH, overrides).guards;
const around = (minM: Vec3, maxM: Vec3) => {
  const guards = guardsWith();
  return {
    ...guards,
    workspace: { ...guards.workspace, minM: [...minM] as [number, number, number], maxM: [...maxM] as [number, number, number] },
  };
};

test("the Panda reaches no further than its links are long, and its shipped guards guard something", async () => {
  const reach = await reachOf(pandaSpec);
  assert.ok(reach.radiusM > 0.85 && reach.radiusM < 1.6, `${reach.radiusM} m`);
  assert.deepEqual(reachProblems(guardsWith(), reach), []);
});

test("a workspace out of reach, or one around all of it, guards nothing", async () => {
  const reach = await reachOf(pandaSpec);
  const [away] = reachProblems(around([5, 5, 5], [6, 6, 6]), reach);
  assert.match(away ?? "", /guards\.workspace: no point of it is in reach, the arm reaches \d\.\d\d m from/);
  const [wide] = reachProblems(around([-9, -9, -9], [9, 9, 9]), reach);
  assert.match(wide ?? "", /guards\.workspace: guards nothing, every side of it is out of reach/);
});

test("a keep-out box beside the workspace is a problem of the file, and one out of reach of the robot", async () => {
  const post = (x: number) => `guards.keepOut:=[{ name: post, minM: [${x}, -0.1, 0], maxM: [${x + 0.1}, 0.1, 0.3] }]`;
  assert.throws(() => guardsWith(post(2)), {
    code: "launch.invalid",
    message: /guards\.keepOut\.0: "post" guards nothing: with its margin it lies outside the workspace/,
  });
  assert.throws(() => guardsWith(post(400)), {
    message: /guards\.keepOut\.0\.minM\.0: 400 m is above, at most 10 m.*in millimetres\? write 0\.4/s,
  });
  const wide = ["guards.workspace.maxM:=[4, 0.34, 0.45]", post(3)];
  assert.match(
    reachProblems(guardsWith(...wide), await reachOf(pandaSpec))[0] ?? "",
    /guards\.keepOut\.0 "post": guards nothing, what of it lies in the workspace is out of reach/,
  );
  assert.deepEqual(reachProblems(guardsWith(post(0.5)), await reachOf(pandaSpec)), []);
});
