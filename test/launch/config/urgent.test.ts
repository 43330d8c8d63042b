/** Tasks that wait until somebody says their name: held to the same rules as the task itself, at their own place in the file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { base, files, problems } from "./launch-files.ts";

const withUrgent = (urgent: string): string => files({ "a.yaml": `${base}urgent: ${urgent}\n` });
const PARK = "{ skill: hold, goal: { kind: tool, positionM: [0.4, 0, 0.2] } }";

test("an urgent task is read with its urgency, 1 where none is given; without any there is none", () => {
  const { urgent } = loadLaunch(withUrgent(`{ park: { urgency: 5, task: ${PARK} }, rest: { task: { waitS: 2 } } }`));
  assert.deepEqual([urgent["park"]?.urgency, urgent["rest"]], [5, { urgency: 1, task: { waitS: 2 } }]);
  assert.deepEqual(loadLaunch(files({ "a.yaml": base })).urgent, {});
});

test("what is wrong with one is said with its place: skill, goal, urgency and a name that ROS does not know", () => {
  assert.match(
    problems(withUrgent("{ park: { task: { skill: fly, goal: { kind: here } } } }"))[0] ?? "",
    /urgent\.park\.task\.skill: skill "fly" does not/,
  );
  assert.deepEqual(
    problems(withUrgent("{ park: { task: { sequence: [{ skill: hold, goal: { kind: tool, positionM: [0.2, 0, 0.2] } }] } } }")),
    [
      "a.yaml:10: urgent.park.task.sequence.0.goal.positionM: tool x 0.2 m is outside the workspace [0.28, 0.74] m; move the goal or guards.workspace",
    ],
  );
  assert.match(problems(withUrgent(`{ park: { urgency: 10, task: ${PARK} } }`))[0] ?? "", /urgent\.park\.urgency/);
  assert.match(problems(withUrgent(`{ Park-it: { task: ${PARK} } }`))[0] ?? "", /small letters, digits and underscore/);
});

test("goal pictures of an urgent task count from the launch file that says ./, as those of the task do", () => {
  const path = withUrgent("{ tidy: { task: { skill: push, goal: { kind: image, source: files, files: { front: ./goal.png } } } } }");
  const task = loadLaunch(path).urgent["tidy"]?.task;
  assert.deepEqual(task && "skill" in task && task.goal, {
    kind: "image",
    source: "files",
    files: { front: path.replace("a.yaml", "goal.png") },
  });
});
