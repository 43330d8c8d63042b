/** What check says of a launch file: yes with the facts of the arm and the next step, or which corner of the work area the arm does not reach. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { checkLaunch } from "../../../launch/check/check-launch.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";
import { described, folderOfTest, urdf } from "../../robots/described/invented.ts";

const folder = folderOfTest();
folder.write("arm.urdf", urdf);
const mesh = '<link name="hand"><visual><geometry><mesh filename="a.dae"/></geometry></visual>';
folder.write("meshes.urdf", urdf.replace('<link name="hand">', mesh));

function launch(name: string, changes: Record<string, unknown> = {}, robot: Record<string, unknown> = {}): string {
  const area = { xM: [0.3, 0.42], yM: [-0.12, 0.12], heightM: [0.09, 0.2] };
  const file = {
    robot: { ...described("./arm.urdf"), ...robot },
    backend: { kind: "sim", mode: "lockstep", episode: "reach", scene: { area } },
    cameras: [{ name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.82, positionM: [1, 0, 0.4], targetM: [0.4, 0, 0.05] }],
    guards: { workspace: { minM: [0.2, -0.3, 0.015], maxM: [0.6, 0.3, 0.4] } },
    model: { path: "./model" },
    task: { skill: "reach", goal: { kind: "image", source: "simulator" } },
    ...changes,
  };
  return folder.write(`${name}.launch.yaml`, JSON.stringify(file));
}
const check = (file: string): Promise<string> => checkLaunch(loadLaunch(file), file);

test("a sound description gets its yes: reach, rest, masses, area, and the two commands that make its model", async () => {
  const file = launch("sound");
  const said = await check(file);
  for (const line of [
    /^robot {4}six, 6 joints/m,
    /^reach {4}0\.710 m from the first joint's axis/m,
    /^rest {5}tool at \(0\.457, 0\.000, 0\.044\) m, pointing straight down$/m,
    /^masses {3}5\.6 kg move$/m,
    /^area {5}the tool comes to all 8 corners, pointing down, and to 75 places within$/m,
    /^act {6}at most 3 cm along x, y, z a decision/m,
  ])
    assert.match(said, line);
  const steps = said.split("\n").slice(-3);
  assert.match(steps[0]!, /^everything fits; there is no model yet \(.*\/model\)\. Collect, then train:$/);
  assert.deepEqual(steps.slice(1), [`  npx foresight collect ${file} --out my-data`, `  npx foresight train ${file} --data my-data`]);
});

test("what of the file is not used is told: shapes, joints that stand still, what weighs something else", async () => {
  const said = await check(
    launch("used", {}, { file: "./meshes.urdf", joints: described("x").joints.slice(0, 5), payload: { massKg: 0.5 } }),
  );
  assert.match(said, /^left out a mesh of "hand": a link without another shape is a rod to the next$/m);
  assert.match(said, /^still {4}"spin" at 0 rad$/m);
  assert.match(said, /^masses {3}6\.1 kg move, 0\.5 kg of them the payload$/m);
});

for (const [what, area, message] of [
  [
    "wholly",
    { xM: [0.9, 1.1], yM: [-0.1, 0.1], heightM: [0.05, 0.1] },
    /backend\.scene\.area: "six" does not reach 8 of 8 corners pointing down: \(0\.900, -0\.100, 0\.050\) m by [\d.]+ cm, .*, and 4 more; of 75 places within it reaches 0;/,
  ],
  [
    "partly",
    { xM: [0.3, 0.7], yM: [-0.2, 0.2], heightM: [0.09, 0.2] },
    /does not reach 4 of 8 corners .*\(0\.700, .*of 75 places within it reaches (?!0;)\d\d;.*make the area smaller, or move it nearer/,
  ],
  ["in the middle", { xM: [-0.4, 0.4], yM: [-0.4, 0.4], heightM: [0.09, 0.2] }, /does not reach/],
] as const) {
  test(`a work area that the arm does not reach ${what} is refused with the places`, async () => {
    const backend = { kind: "sim", mode: "lockstep", episode: "reach", scene: { area } };
    const guards = { workspace: { minM: [-0.5, -0.5, 0], maxM: [1.2, 0.5, 0.4] } };
    await assert.rejects(check(launch("far", { backend, guards })), (error) => {
      assert.ok(error instanceof AgentError && error.code === "launch.invalid", String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

test("of the default area, which nobody wrote, most places are enough: what is not reached is told, and check goes on", async () => {
  folder.write("longer.urdf", urdf.replace('xyz="0.3 0 0"', 'xyz="0.34 0 0"'));
  const backend = { kind: "sim", mode: "lockstep", episode: "reach" };
  const guards = { workspace: { minM: [0.2, -0.4, 0.015], maxM: [0.8, 0.4, 0.5] } };
  const said = await check(launch("default-area", { backend, guards }, { file: "./longer.urdf" }));
  assert.match(
    said,
    /^area {5}the tool comes to 6\d of 75 places within the default area; it does not reach \d of 8 corners .* for this arm$/m,
  );
  assert.match(said, /^everything fits/m);
  await assert.rejects(check(launch("default-area-short", { backend, guards })), /of 75 places within it reaches 56/);
});

test("a planner with subgoals is described with what it does, and refused for a model that lacks its networks", async () => {
  const file = join(packageRoot, "launch/panda-push.launch.yaml");
  const checkOf = (model: string): Promise<string> =>
    checkLaunch(loadLaunch(file, [`model.path:=${model}`, "planner.solver:=hierarchical"]), file);
  assert.match(
    await checkOf(writeTinyModel()),
    /^plan {5}mode2 by hierarchical: 128 candidates x 1 iterations x 4 decisions towards the one subgoal that is sampled, kept for 2; the policy alone beyond 35, every 200 ms$/m,
  );
  await assert.rejects(checkOf(writeTinyModel({ networks: { prior: null, subgoal: null } })), {
    code: "model.mismatch",
    message:
      'planner.solver "hierarchical": model package tiny has no prior.onnx and subgoal.onnx; train one that has, or choose another planner.solver',
  });
});

test("a certificate that is not there, or is no file, is said by its key before anybody dials with it", async () => {
  const broker = { kind: "external", url: "mqtts://127.0.0.1:1" };
  const asked = [
    ["mqtt.broker.caFile", { mqtt: { site: "lab", broker: { ...broker, caFile: "/nowhere/ca.pem" } } }],
    ["mqtt.broker.certFile", { mqtt: { site: "lab", broker: { ...broker, certFile: "/tmp", keyFile: "/tmp" } } }],
    ["model.provider.caFile", { model: { path: "./model", provider: { server: "https://127.0.0.1:1", caFile: "/dev/zero" } } }],
  ] as const;
  for (const [key, changes] of asked)
    await assert.rejects(check(launch(`pem-${key}`, changes)), { code: "launch.invalid", message: new RegExp(`^${key}: cannot read`) });
});
