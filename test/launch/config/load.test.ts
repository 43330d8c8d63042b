/** Tests for load.ts with read-yaml.ts and overrides.ts: what a launch file may say, how it includes another and how the command line changes it. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { combinations } from "../../../launch/measure/grid.ts";
import { sceneOf } from "../../../launch/task-facts.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { base, files, folder, problems, problemsOf } from "./launch-files.ts";

test("a small file is enough: everything else has a default", () => {
  const config = loadLaunch(files({ "a.yaml": base }));
  assert.deepEqual(config.planner, {
    policy: "mode2",
    solver: "cem",
    samples: 128,
    iterations: 3,
    horizon: 5,
    deadlineMs: 120,
    proposals: true,
    icem: { noiseExponent: 2, sampleDecay: 1.25, keptShare: 0.3, momentum: 0.1 },
    gradient: { learningRate: 0.3 },
    hierarchical: { subgoals: 1, keptDecisions: 2, reachDecisions: 12, nearDecisions: 3, habitBeyondDecisions: 35, refits: 0 },
  });
  assert.deepEqual(config.dashboard, { enabled: true, host: "127.0.0.1", port: 8080, lifecycle: "auto" });
  assert.equal(config.backend.kind === "sim" && config.backend.mode, "realtime");
  assert.equal(config.guards.maxObservationAgeMs, 400);
  assert.equal(config.model.path, join(packageRoot, "robots/panda/world-models/push"));
});

for (const robot of ["panda", "ur5e"])
  test(`launch/${robot}-ros2.launch.yaml is valid, and names the cameras of its robot`, () => {
    const config = loadLaunch(join(packageRoot, `launch/${robot}-ros2.launch.yaml`));
    assert.equal(config.robot, robot);
    assert.deepEqual(
      config.backend.kind === "ros2" && Object.keys(config.backend.cameras),
      config.cameras.map(({ name }) => name),
    );
  });

for (const name of ["panda-push", "panda-reach", "ur5e-push", "ur5e-reach", "so101-push", "so101-reach"]) {
  test(`launch/${name}.launch.yaml is valid, in both time modes`, () => {
    const path = join(packageRoot, `launch/${name}.launch.yaml`);
    const config = loadLaunch(path);
    assert.deepEqual(
      config.cameras.map((camera) => camera.name),
      ["front", "side"],
    );
    const [robot, skill] = name.split("-");
    assert.equal(config.robot, robot);
    assert.equal("skill" in config.task && config.task.skill, skill);
    assert.equal(config.model.path, join(packageRoot, "robots", robot!, "world-models", skill!));
    const lockstep = loadLaunch(path, ["backend.mode:=lockstep"]);
    assert.equal(lockstep.backend.kind === "sim" && lockstep.backend.mode, "lockstep");
  });
}

for (const skill of ["push", "reach"])
  test(`launch/so101-desk-${skill}.launch.yaml is the task of so101-${skill}.launch.yaml on a serial port: scene, cameras and model are the same`, () => {
    const [desk, sim] = [`so101-desk-${skill}`, `so101-${skill}`].map((name) =>
      loadLaunch(join(packageRoot, `launch/${name}.launch.yaml`)),
    );
    assert.equal(desk!.backend.kind, "feetech");
    assert.deepEqual(sceneOf(desk!), sceneOf(sim!));
    assert.deepEqual(desk!.cameras, sim!.cameras);
    assert.equal(desk!.model.path, sim!.model.path);
  });

test("an included file is the start, and what is written here wins, key by key", () => {
  const path = files({
    "a.yaml": "include: ./sub/b.yaml\nplanner: { horizon: 7 }\n",
    "sub/b.yaml": `include: ../c.yaml\nplanner: { samples: 64, horizon: 3 }\n`,
    "c.yaml": `${base}planner: { iterations: 2 }\n`,
  });
  const { planner } = loadLaunch(path);
  assert.deepEqual([planner.iterations, planner.samples, planner.horizon], [2, 64, 7]);
});

test("lists, tasks and mappings of another kind replace what was included", () => {
  const path = files({
    "a.yaml": "include: ./b.yaml\nbackend: { kind: replay, path: ./run.jsonl }\ncameras: []\ntask: { skill: hold, goal: { kind: here } }\n",
    "b.yaml": base.replace("{ kind: sim }", "{ kind: sim, mode: lockstep }"),
  });
  const config = loadLaunch(path);
  assert.deepEqual(config.backend, { kind: "replay", path: join(dirname(path), "run.jsonl") });
  assert.deepEqual(config.cameras, []);
  assert.deepEqual(config.task, { skill: "hold", goal: { kind: "here" }, retries: 0 });
});

test("includes that go in a circle, too deep or nowhere are refused", () => {
  assert.match(
    problems(files({ "a.yaml": "include: ./b.yaml", "b.yaml": "include: ./a.yaml" }))[0] ?? "",
    /^a\.yaml: includes itself: a\.yaml -> b\.yaml -> a\.yaml$/,
  );
  const chain = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}.yaml`, `include: ./${i + 1}.yaml`]));
  assert.deepEqual(problems(files(chain)), ["5.yaml: is include number 5; at most 4 are allowed"]);
  assert.deepEqual(problems(files({ "a.yaml": "include: ./none.yaml" })), [
    "none.yaml: cannot be read (ENOENT: there is no such file or folder); check the path",
  ]);
  assert.deepEqual(problems(folder), [`${problems(folder)[0]}`]);
  assert.match(problems(folder)[0] ?? "", /cannot be read \(EISDIR: it is a folder\)/);
});

test("what is not YAML, not a mapping, too large or a bomb of aliases is refused", () => {
  assert.match(problemsOf("a: [1, 2\nb: 3")[0] ?? "", /^a\.yaml:\d: is not YAML: /);
  assert.match(problemsOf("a: 1\na: 2")[0] ?? "", /^a\.yaml:2: is not YAML: Map keys must be unique/);
  assert.deepEqual(problemsOf("- 1\n- 2"), ["a.yaml:1: is not a mapping of keys to values"]);
  assert.deepEqual(problemsOf("#".repeat(300_000)), [
    "a.yaml: cannot be read (it has 300000 bytes, at most 262144 are read); check the path",
  ]);
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[..."bcdefgh"].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefg"[i]}`).join(", ")}]`).join("\n")}`;
  assert.match(problemsOf(bomb)[0] ?? "", /is not YAML: Excessive alias count/);
});

test("an alias that stands for what it stands in, or repeats more than a file may hold, is refused in a sentence, wherever it is written", () => {
  const circle = "is nested more than 64 deep, or an alias (*) in it stands for what it stands in; flatten it";
  assert.deepEqual(problemsOf(`${base}goals: &all { a: *all }\n`), [`a.yaml: ${circle}`]);
  assert.deepEqual(problemsOf(`${base}goals: &all\n  <<: *all\n  a: { kind: here }\n`), [`a.yaml: ${circle}`]);
  assert.deepEqual(problemsOf(`${base}goals: ${"{ a: ".repeat(70)}1${" }".repeat(70)}\n`), [`a.yaml: ${circle}`]);
  const much = `${base}x: &x [${Array(5000).fill("a").join(", ")}]\ny: [${Array(90).fill("*x").join(", ")}]\n`;
  assert.deepEqual(problemsOf(much), ["a.yaml: holds more than 100000 values; its aliases (*) repeat too much"]);
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["goals:={ a: &a [*a] }"]), [`command line: "goals" has a value that ${circle}`]);
  assert.throws(() => combinations(["planner.samples:=&a [*a]"]), { code: "launch.invalid", message: /is no KEY:=VALUE,VALUE/ });
});

test("of many problems the first are told, and how many more there are", () => {
  const wrong = Array.from({ length: 80 }, (_, i) => `key${i}: 1\n`).join("");
  assert.throws(
    () => loadLaunch(files({ "a.yaml": base + wrong })),
    (error: Error) => {
      const lines = error.message.split("\n");
      assert.deepEqual([lines[0], lines.length, lines.at(-1)], ["launch file has 80 problems:", 52, "  and 30 more"]);
      return true;
    },
  );
});

test("what YAML or a mapping would drop without a word is refused: a tag that nobody knows, and the key __proto__ at any depth", () => {
  assert.match(problemsOf("robot: !secret panda\n")[0] ?? "", /^a\.yaml:1: is not YAML: .*!secret/);
  const task = "task: { skill: reach, goal: { kind: image, source: files, files: { front: x.png, __proto__: z.png } } }\n";
  const path = files({ "a.yaml": `include: ./b.yaml\n${task}`, "b.yaml": base });
  assert.ok(
    problems(path).some((problem) => /task\.goal\.files\.__proto__: unknown key/.test(problem)),
    problems(path).join("\n"),
  );
});

test("an override has a YAML value, may make a section, and the last one wins", () => {
  const config = loadLaunch(files({ "a.yaml": base }), [
    "planner.samples:=64",
    "planner.proposals:=false",
    "planner.samples:=256",
    "backend.scene.lightScale:=0.5",
  ]);
  assert.equal(config.planner.samples, 256);
  assert.equal(config.planner.proposals, false);
  assert.equal(config.backend.kind === "sim" && config.backend.scene.lightScale, 0.5);
});

test("an override may begin a section that may be written as a text too", () => {
  const { record } = loadLaunch("launch/panda-push.launch.yaml", ["record.last.folder:=kept"]);
  assert.equal(record?.last?.folder, "kept");
});

test("an override must be name:=value with a path that exists", () => {
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["planner.samples=64"]), [
    'command line: "planner.samples" is not name:=value, such as planner.samples:=256',
  ]);
  assert.deepEqual(problems(path, ["planner.sample:=64"]), ['command line: planner.sample is an unknown key; did you mean "samples"?']);
  assert.deepEqual(problems(path, ["cameras.3.widthPx:=64"]), [
    "command line: cameras.3 does not exist; the list has 1 entries, the first is 0",
  ]);
  assert.deepEqual(problems(path, ["robot.0:=x"]), ["command line: robot.0 does not exist; robot is not a list"]);
  assert.match(
    problems(path, ["planner.samples:=[1"])[0] ?? "",
    /^command line: "planner\.samples" has a value that is not YAML; quote it$/,
  );
  assert.deepEqual(problems(path, Array(65).fill("seed:=1")), ["command line: 65 overrides; at most 64"]);
});

test("files of a goal count from the file that names them, or from the project's root", () => {
  const task = "task: { skill: push, goal: { kind: image, source: files, files: { front: ./front.png, side: goals/side.png } } }\n";
  const path = files({ "a.yaml": "include: ./sub/b.yaml\n", "sub/b.yaml": base.replace(/task: .*\n/, task) });
  const { task: loaded } = loadLaunch(path);
  assert.deepEqual(
    "skill" in loaded &&
      typeof loaded.goal !== "string" &&
      loaded.goal.kind === "image" &&
      loaded.goal.source === "files" &&
      loaded.goal.files,
    {
      front: join(dirname(path), "sub/front.png"),
      side: join(packageRoot, "goals/side.png"),
    },
  );
});

test("backend:=gazebo changes the kind and keeps what the two kinds share", () => {
  const path = files({ "a.yaml": base.replace("{ kind: sim }", "{ kind: sim, episode: reach, sceneSeed: 7 }") });
  const { backend } = loadLaunch(path, ["backend:=gazebo", "backend.partition:=lab"]);
  assert.ok(backend.kind === "gazebo");
  assert.deepEqual([backend.episode, backend.sceneSeed, backend.partition, backend.hostIp], ["reach", 7, "lab", "127.0.0.1"]);
  assert.deepEqual(backend.server, { command: null, release: null });
});

const described = (tool: string): string =>
  base.replace(
    "robot: panda",
    `robot:
  name: my-arm
  file: ./arm.urdf
  joints:
    - { name: turn, positionMinRad: -1, positionMaxRad: 1, velocityMaxRadPerS: 1, accelerationMaxRadPerS2: 5, jerkMaxRadPerS3: 500, torqueMaxNm: 9, homeRad: 0 }
  tool: ${tool}`,
  );

test("a robot may be described by its own file, which counts from the launch file", () => {
  const path = files({ "run.launch.yaml": described("{ link: flange }") });
  const { robot } = loadLaunch(path);
  assert.ok(typeof robot !== "string");
  assert.equal(robot.file, join(dirname(path), "arm.urdf"));
  assert.deepEqual(robot.tool, { link: "flange", offsetM: [0, 0, 0], turnRad: [0, 0, 0] });
});

test("a mistake in a described robot is told at its place, not as a name that is no text", () => {
  const told = problems(files({ "run.launch.yaml": described("{ lnik: flange }") }));
  assert.equal(told.length, 2);
  assert.match(told[0]!, /robot\.tool\.link: missing; it has no default/);
  assert.match(told[1]!, /robot\.tool\.lnik: unknown key; did you mean "link"\?/);
});
