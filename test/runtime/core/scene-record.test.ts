import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { sceneOf } from "../../../launch/task-facts.ts";
import { defaultObject, defaultScene } from "../../../runtime/core/scene.ts";
import { sceneRecord } from "../../../runtime/core/scene-record.ts";

test("a table with one cube is recorded in the bytes of before, so that the same data keep their hash", () => {
  const cube = '"tableSurfaceM":0,"cubeEdgeM":0.05,"cubeMassKg":0.12,"cubeFriction":0.7,"cubeRgb":[0.85,0.2,0.12],"lightScale":1';
  assert.equal(JSON.stringify(sceneRecord(defaultScene)), `{${cube}}`);
  const record = (launch: string, ...overrides: string[]) => JSON.stringify(sceneRecord(sceneOf(loadLaunch(launch, overrides))));
  assert.equal(record("launch/panda-push.launch.yaml"), `{${cube}}`);
  assert.equal(
    record("launch/panda-push.launch.yaml", "backend.scene.table:={ centreM: [0.45, 0.02] }"),
    `{${cube},"table":{"centreM":[0.45,0.02],"yawRad":0}}`,
  );
  assert.equal(
    record("launch/so101-reach.launch.yaml"),
    '{"tableSurfaceM":0,"cubeEdgeM":0.03,"cubeMassKg":0.03,"cubeFriction":0.7,"cubeRgb":[0.85,0.2,0.12],"lightScale":1,' +
      '"area":{"xM":[0.17,0.27],"yM":[-0.11,0.11],"heightM":[0.05,0.13]}}',
  );
});

test("anything else is recorded in the words of the launch file, as far as it differs from the default", () => {
  const can = { ...defaultObject, shape: { kind: "cylinder", radiusM: 0.03, heightM: 0.08 } } as const;
  assert.deepEqual(sceneRecord({ ...defaultScene, objects: { can }, lightScale: 0.8 }), { objects: { can }, lightScale: 0.8 });
  const flat = { ...defaultObject, shape: { kind: "box", sizeM: [0.05, 0.05, 0.02] } } as const;
  assert.deepEqual(sceneRecord({ ...defaultScene, objects: { cube: flat } }), { objects: { cube: flat } });
  const lying = { ...defaultObject, at: { centreM: [0.5, 0], yawRad: 0 } } as const;
  assert.deepEqual(sceneRecord({ ...defaultScene, objects: { cube: lying } }), { objects: { cube: lying } });
  assert.deepEqual(sceneRecord({ ...defaultScene, ambientLight: 0.1 }), { ambientLight: 0.1 });
});
