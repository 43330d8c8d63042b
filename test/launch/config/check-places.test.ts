/** What the tool is asked to come to must be inside the workspace: goals of the task, and where episodes begin and end. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { base, files, problems } from "./launch-files.ts";

const withTask = (task: string): string => files({ "a.yaml": base.replace(/task: .*/, `task: ${task}`) });

test("a goal outside the workspace is refused at its place in the task", () => {
  const path = withTask(
    "{ sequence: [{ skill: push, goal: { kind: object, positionM: [0.5, 0, 0.025] } }, { retry: { skill: hold, goal: { kind: tool, positionM: [0.2, 0, 0.1] } }, attempts: 2 }] }",
  );
  assert.deepEqual(problems(path), [
    "a.yaml:9: task.sequence.1.retry.goal.positionM: tool x 0.2 m is outside the workspace [0.28, 0.74] m; move the goal or guards.workspace",
  ]);
  assert.deepEqual(problems(withTask("{ skill: push, goal: { kind: object, positionM: [0.5, 0.5, 0.025] } }")), [
    "a.yaml:9: task.goal.positionM: object y 0.5 m is outside the workspace [-0.34, 0.34] m; move the goal or guards.workspace",
  ]);
});

test("a work area that sticks out of the workspace is refused, at the height that its episodes need", () => {
  const path = files({ "a.yaml": base });
  const area = "outside guards.workspace; make the area smaller or the workspace larger";
  assert.deepEqual(problems(path, ["backend.scene.area.xM:=[0.17, 0.27]"]), [
    `a.yaml:3: backend.scene.area: puts a corner of the work area at (0.137, -0.300, 0.030) m, ${area}`,
  ]);
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[0.28, -0.34, 0.04]"]), [
    `a.yaml:3: backend.scene.area: puts a corner of the work area at (0.300, -0.300, 0.030) m, ${area}`,
  ]);
  assert.deepEqual(problems(path, ["backend.episode:=reach", "guards.workspace.minM:=[0.28, -0.34, 0.04]"]), []);
  assert.deepEqual(problems(path, ["backend.episode:=reach", "backend.scene.area.heightM:=[0.1, 0.5]"]), [
    `a.yaml:3: backend.scene.area: puts a corner of the work area at (0.380, -0.200, 0.500) m, ${area}`,
  ]);
});

test("the work areas and goals of all shipped launch files are inside their workspaces", () => {
  const folder = join(packageRoot, "launch");
  const shipped = readdirSync(folder).filter((name) => name.endsWith(".launch.yaml"));
  assert.ok(shipped.length >= 8, `${shipped.length} launch files`);
  for (const name of shipped) loadLaunch(join(folder, name), []);
});

test("things that would be too large for the task in some trial are refused before the first", () => {
  const bodies = (sizeM: string): string => `backend.vary:={ bodies: { kinds: [ball], sizeM: ${sizeM} } }`;
  const path = join(packageRoot, "launch/panda-pick-place.launch.yaml");
  assert.doesNotThrow(() => loadLaunch(path, [bodies("[0.03, 0.07]")]));
  assert.throws(
    () => loadLaunch(path, [bodies("[0.03, 0.09]")]),
    /backend\.vary\.bodies\.sizeM: pick-place: "cube" is 0\.09 m wide, must be at most 0\.07 m/,
  );
});
