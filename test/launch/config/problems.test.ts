/** Tests for problems.ts and check-config.ts: what is said about a wrong launch file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, files, problems, problemsOf } from "./launch-files.ts";

test("an unknown key is an error with file, line, path and the nearest valid name", () => {
  assert.deepEqual(problemsOf(`${base}planner: { sampels: 64 }\n`), ['a.yaml:10: planner.sampels: unknown key; did you mean "samples"?']);
  assert.deepEqual(problemsOf(`${base}planer:\n  samples: 64\n`), ['a.yaml:10: planer: unknown key; did you mean "planner"?']);
});

test("a key that is nowhere near another is answered with what is allowed", () => {
  assert.deepEqual(problemsOf(`${base}dashboard: { colour: red }\n`), [
    "a.yaml:10: dashboard.colour: unknown key; allowed here: enabled, host, port, token, lifecycle",
  ]);
});

test("a key with the wrong unit is answered with the right key and its unit", () => {
  assert.deepEqual(problemsOf(base.replace("fovYRad: 0.8203", "fovDeg: 47")), [
    "a.yaml:5: cameras.0.fovYRad: missing; it has no default",
    'a.yaml:5: cameras.0.fovDeg: unknown key; use "fovYRad", in rad (1 deg is 0.0174533 rad)',
  ]);
  assert.deepEqual(problems(files({ "a.yaml": base }), ["guards.maxObservationAgeS:=0.4"]), [
    'command line: guards.maxObservationAgeS is an unknown key; use "maxObservationAgeMs", in ms (1 s is 1000 ms)',
  ]);
  assert.deepEqual(problems(files({ "a.yaml": base }), ["guards.observationAgeMsMax:=400"]), [
    'command line: guards.observationAgeMsMax is an unknown key; use "maxObservationAgeMs"',
  ]);
});

test("every problem is told at once", () => {
  const wrong = base.replace("robot: panda", "robot: 7").replace("widthPx: 64", "widthPx: 4").replace("kind: sim", "kind: ros1");
  assert.deepEqual(problemsOf(wrong), [
    "a.yaml:2: robot: 7 is not a string",
    'a.yaml:3: backend.kind: "ros1" is not possible; one of "sim", "gazebo", "ros2", "feetech", "replay"',
    "a.yaml:5: cameras.0.widthPx: 4 given; at least 8",
  ]);
});

test("values are checked for type, bounds and not being a number", () => {
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["planner.horizon:=2.5"]), ["command line: planner.horizon: 2.5 is not a whole number"]);
  assert.deepEqual(problems(path, ["planner.samples:=1e9"]), ["command line: planner.samples: 1000000000 given; at most 4096"]);
  assert.deepEqual(problems(path, ["task:={ waitS: 0 }"]), ["command line: task.waitS: 0 given; above 0"]);
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[.nan, 0, 0]"]), ["command line: guards.workspace.minM.0: NaN is not a number"]);
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[0, 0]"]), [
    "command line: guards.workspace.minM: 2 entries given; at least 3 entries",
  ]);
  assert.deepEqual(problems(path, ["dashboard.host:=0.0.0.0"]), [
    'command line: dashboard.host: "0.0.0.0" is not possible; one of "127.0.0.1", "::1", "localhost"',
  ]);
});

test("what is no task is told what a task is, and which skills there are", () => {
  const path = files({ "a.yaml": base });
  const remedy =
    "is no task; write { skill: NAME, goal: GOAL }, or one of condition, waitS, sequence, fallback, parallel, retry, repeat, timeout; NAME is one of hold, pick-place, push, reach";
  assert.deepEqual(problems(path, ["task:=pusch"]), [`command line: task: "pusch" ${remedy}`]);
  assert.deepEqual(problems(path, ["task:={ pusch: {} }"]), [`command line: task: {"pusch":{}} ${remedy}`]);
  assert.deepEqual(problems(path, ["task:={ sequence: [ { reech: {} } ] }"]), [`command line: task.sequence.0: {"reech":{}} ${remedy}`]);
  assert.deepEqual(problems(path, ["task:={ skill: pusch, goal: { kind: here } }"]), [
    'command line: task.skill: skill "pusch" does not exist; use one of hold, pick-place, push, reach',
  ]);
  assert.deepEqual(problems(path, ["task:={ skil: push, goal: { kind: here } }"]), [
    "command line: task.skill: missing; it has no default",
    'command line: task.skil: unknown key; did you mean "skill"?',
  ]);
});

test("what cannot work together is refused", () => {
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[0.8, 0, 0]"]), [
    "command line: guards.workspace: the box is empty along x: minM 0.8 m is not below maxM 0.74 m".replace("command line", "a.yaml:8"),
  ]);
  assert.deepEqual(problems(path, ["cameras.0.targetM:=[1.12, 0, 0.42]"]), [
    "command line: cameras.0.targetM: is where the camera is; give the point it looks at",
  ]);
  assert.deepEqual(
    problems(path, ["guards.keepOut:=[{name: a, minM: [0, 0, 0], maxM: [1, 1, 1]}, {name: a, minM: [0, 0, 0], maxM: [1, 1, 1]}]"]),
    ['command line: guards.keepOut.1.name: "a" is used twice; names must differ'],
  );
  assert.deepEqual(problems(path, ["backend:={kind: replay, path: run.jsonl}", "record:=again.jsonl"]), [
    "command line: record: a replay is not recorded again; leave it out",
  ]);
});

test("a task must name skills that exist, with goals they take, and one at a time", () => {
  const task = (text: string): readonly string[] => problemsOf(base.replace(/task: .*/, `task: ${text}`));
  const here = "goal: { kind: here }";
  assert.deepEqual(task(`{ sequence: [{ skill: hold, ${here} }, { retry: { skill: shove, ${here} }, attempts: 2 }] }`), [
    'a.yaml:9: task.sequence.1.retry.skill: skill "shove" does not exist; use one of hold, pick-place, push, reach',
  ]);
  assert.deepEqual(task(`{ skill: push, ${here} }`), [
    'a.yaml:9: task.goal: skill "push" takes no goal of kind "here"; give one of image, object',
  ]);
  assert.deepEqual(task(`{ parallel: [{ skill: hold, ${here} }, { skill: hold, ${here} }] }`), [
    "a.yaml:9: task: has up to 2 skills at the same time; one arm can do 1, use sequence or fallback instead of parallel",
  ]);
  assert.deepEqual(task(`{ parallel: [{ skill: hold, ${here} }, { waitS: 3 }], succeed: any }`), []);
});

test("a mistake deep in a task is told at its place, not as a failed alternative", () => {
  const task = (text: string): readonly string[] => problemsOf(base.replace(/task: .*/, `task: ${text}`));
  assert.deepEqual(task("{ sequence: [{ skill: push, goal: { kind: image, source: simulater } }] }"), [
    'a.yaml:9: task.sequence.0.goal.source: "simulater" is not possible; one of "simulator", "files"',
  ]);
  assert.deepEqual(task("{ skill: push, gaol: { kind: here } }"), [
    "a.yaml:9: task.goal: missing; it has no default",
    'a.yaml:9: task.gaol: unknown key; did you mean "goal"?',
  ]);
  assert.deepEqual(task("{ timeout: { skill: push, goal: { kind: tool, positionM: [1, 2, x] } }, timeoutMs: 3 }"), [
    'a.yaml:9: task.timeout.goal.positionM.2: "x" is not a number',
    "a.yaml:9: task.timeoutS: missing; it has no default",
    'a.yaml:9: task.timeoutMs: unknown key; use "timeoutS", in s (1 ms is 0.001 s)',
  ]);
});

test("tasks of every kind may be written, with goals by name", () => {
  const written = (text: string, goals = ""): readonly string[] => problemsOf(base.replace(/task: .*\n/, `task: ${text}\n${goals}`));
  const goals = "goals: { bin: { kind: tool, positionM: [0.5, 0.1, 0.2] }, home: { kind: here } }\nautonomy: confirm\n";
  const whole =
    "{ repeat: { sequence: [{ fallback: [{ condition: reach, goal: bin }, { retry: { skill: reach, goal: bin, autonomy: manual }, attempts: 3, backOffS: 2 }] }, { skill: hold, goal: home }] }, times: forever }";
  assert.deepEqual(written(whole, goals), []);
  assert.deepEqual(written("{ repeat: { skill: reach, goal: bim }, times: 2 }", goals), [
    'a.yaml:9: task.repeat.goal: goal "bim" does not exist; use one of bin, home',
  ]);
  assert.deepEqual(written("{ fallback: [{ condition: shove, goal: bin }] }", goals), [
    'a.yaml:9: task.fallback.0.condition: skill "shove" does not exist; use one of hold, pick-place, push, reach',
  ]);
  const here = "{ skill: hold, goal: { kind: here } }";
  assert.deepEqual(written(`{ repeat: ${here}, times: often }`), ['a.yaml:9: task.times: "often" is not possible; one of "forever"']);
  assert.deepEqual(written(`{ repeat: ${here}, times: 20000 }`), ["a.yaml:9: task.times: 20000 given; at most 10000"]);
  assert.deepEqual(written("{ skill: hold, goal: { kind: here }, autonomy: sometimes }"), [
    'a.yaml:9: task.autonomy: "sometimes" is not possible; one of "autonomous", "confirm", "manual"',
  ]);
  assert.deepEqual(
    problems(files({ "a.yaml": base }), ["backend:={kind: replay, path: run.jsonl}", "goals:={bin: {kind: image, source: simulator}}"]),
    [],
  );
});

test("a problem is told with the file that says it", () => {
  const path = files({
    "a.yaml": "include: ./b.yaml\nplanner:\n  horizon: 70\n",
    "b.yaml": `${base}planner: { samples: 5000, horizon: 3 }\n`,
  });
  assert.deepEqual(problems(path), [
    "b.yaml:10: planner.samples: 5000 given; at most 4096",
    "a.yaml:3: planner.horizon: 70 given; at most 20",
  ]);
});

test("what is missing is missing in the file that was named, not in what it includes", () => {
  const path = files({ "a.yaml": "include: ./b.yaml\nseed: 2\n", "b.yaml": base.replace(/^task:.*\n/m, "") });
  assert.deepEqual(problems(path), ["a.yaml:1: task: missing; it has no default"]);
});

test("keys that would reach into JavaScript are unknown keys like any other", () => {
  assert.match(problemsOf(`${base}__proto__: { polluted: true }\n`).join(), /__proto__: unknown key/);
  assert.match(problems(files({ "a.yaml": base }), ["__proto__.polluted:=true"]).join(), /__proto__ is an unknown key/);
  assert.match(problems(files({ "a.yaml": base }), ["planner.constructor:=1"]).join(), /planner\.constructor is an unknown key/);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a key of an earlier version is answered with what says it now", () => {
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["backend.scene.cubeEdgeM:=0.04"]), [
    'command line: backend.scene.cubeEdgeM is an unknown key; it is now in "objects": objects: { cube: { shape: { kind: box, sizeM: [x, y, z] } } }',
  ]);
  assert.deepEqual(problemsOf(base.replace("kind: sim", "kind: sim, scene: { cubeMassKg: 0.2, cubeRgb: [0, 0, 1] }")), [
    'a.yaml:3: backend.scene.cubeMassKg: unknown key; it is now in "objects": objects: { cube: { massKg: .. } }',
    'a.yaml:3: backend.scene.cubeRgb: unknown key; it is now in "objects": objects: { cube: { rgb: [..] } }',
  ]);
});

test("a scene is checked thing by thing: names, sizes, and what its task needs", () => {
  const path = files({ "a.yaml": base });
  const scene = (text: string) => problems(path, [`backend.scene:=${text}`]);
  assert.deepEqual(scene("{ objects: { Cup: {} } }"), [
    'command line: backend.scene.objects.Cup: "Cup" is no name; a small letter, then small letters, digits, dash and underscore, at most 32',
  ]);
  assert.deepEqual(scene("{ bins: { cube: { insideM: [0.1, 0.1, 0.05], centreM: [0.5, 0] } } }"), [
    'command line: backend.scene.bins.cube: "cube" is the name of another thing',
  ]);
  assert.deepEqual(scene("{ objects: { cup: { shape: { kind: cylinder, radiusM: 0, heightM: 0.1 } } } }"), [
    "command line: backend.scene.objects.cup.shape.radiusM: 0 given; at least 0.005",
  ]);
  assert.deepEqual(scene("{ objects: { cup: { shape: { kind: cone } } } }"), [
    'command line: backend.scene.objects.cup.shape.kind: "cone" is not possible; one of "box", "cylinder", "ball"',
  ]);
  assert.deepEqual(problems(path, ["backend.scene.objects:={}", "backend.episode:=push"]), [
    "command line: backend.scene.objects: push: the scene has no loose thing; add one to backend.scene.objects",
  ]);
  assert.deepEqual(scene("{ lights: { lamp: { positionM: [0, 0, 1], direction: [0, 0, 0] } } }"), [
    "command line: backend.scene.lights.lamp.direction: must not be zero",
  ]);
});
