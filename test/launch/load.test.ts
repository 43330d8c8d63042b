/** Tests for load.ts with read-yaml.ts, overrides.ts, secrets.ts and check-config.ts: what a launch file may say, and what is said about a wrong one. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { loadLaunch } from "../../launch/load.ts";
import { withoutSecrets } from "../../launch/secrets.ts";
import type { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-launch-"));
after(() => rmSync(folder, { recursive: true }));

const base = `
robot: panda
backend: { kind: sim }
cameras:
  - { name: front, widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [1.12, 0, 0.42], targetM: [0.5, 0, 0.03] }
model: { path: robots/panda/world-models/push }
guards:
  workspace: { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45] }
task: { skill: push, goal: { kind: image, source: simulator } }
`;

let count = 0;
/** Writes files into a folder of their own; the first is the launch file. */
function files(texts: Readonly<Record<string, string>>): string {
  const home = join(folder, `${count++}`);
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return join(home, Object.keys(texts)[0] ?? "");
}

/** The problems of a file, one a line, without the folder it is in. */
function problems(path: string, overrides: readonly string[] = [], environment: Record<string, string> = {}): readonly string[] {
  try {
    loadLaunch(path, overrides, environment);
  } catch (error) {
    assert.equal((error as AgentError).code, "launch.invalid");
    const [title, ...lines] = (error as Error).message.split("\n  ");
    assert.match(title ?? "", new RegExp(`^launch file has ${lines.length} problems?:$`));
    return lines.map((line) => line.replaceAll(/\S*foresight-launch-\w+\/\d+\//g, ""));
  }
  return [];
}
const problemsOf = (text: string): readonly string[] => problems(files({ "a.yaml": text }));

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
  });
  assert.deepEqual(config.dashboard, { enabled: true, host: "127.0.0.1", port: 8080 });
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

for (const name of ["panda-push", "panda-reach", "ur5e-push", "ur5e-reach", "so101-reach"]) {
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

test("an unknown key is an error with file, line, path and the nearest valid name", () => {
  assert.deepEqual(problemsOf(`${base}planner: { sampels: 64 }\n`), ['a.yaml:10: planner.sampels: unknown key; did you mean "samples"?']);
  assert.deepEqual(problemsOf(`${base}planer:\n  samples: 64\n`), ['a.yaml:10: planer: unknown key; did you mean "planner"?']);
});

test("a key that is nowhere near another is answered with what is allowed", () => {
  assert.deepEqual(problemsOf(`${base}dashboard: { colour: red }\n`), [
    "a.yaml:10: dashboard.colour: unknown key; allowed here: enabled, host, port, token",
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
    'a.yaml:3: backend.kind: "ros1" is not possible; one of "sim", "gazebo", "ros2", "replay"',
    "a.yaml:5: cameras.0.widthPx: 4 given; at least 8",
  ]);
});

test("values are checked for type, bounds and not being a number", () => {
  const path = files({ "a.yaml": base });
  assert.deepEqual(problems(path, ["planner.horizon:=2.5"]), ["command line: planner.horizon: 2.5 is not a whole number"]);
  assert.deepEqual(problems(path, ["planner.samples:=1e9"]), ["command line: planner.samples: 1000000000 given; at most 4096"]);
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[.nan, 0, 0]"]), ["command line: guards.workspace.minM.0: NaN is not a number"]);
  assert.deepEqual(problems(path, ["guards.workspace.minM:=[0, 0]"]), [
    "command line: guards.workspace.minM: 2 entries given; at least 3 entries",
  ]);
  assert.deepEqual(problems(path, ["dashboard.host:=0.0.0.0"]), [
    'command line: dashboard.host: "0.0.0.0" is not possible; one of "127.0.0.1", "::1", "localhost"',
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
    'a.yaml:9: task.sequence.1.retry.skill: skill "shove" does not exist; use one of hold, push, reach',
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

test("includes that go in a circle, too deep or nowhere are refused", () => {
  assert.match(
    problems(files({ "a.yaml": "include: ./b.yaml", "b.yaml": "include: ./a.yaml" }))[0] ?? "",
    /^a\.yaml: includes itself: a\.yaml -> b\.yaml -> a\.yaml$/,
  );
  const chain = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}.yaml`, `include: ./${i + 1}.yaml`]));
  assert.deepEqual(problems(files(chain)), ["5.yaml: is include number 5; at most 4 are allowed"]);
  assert.deepEqual(problems(files({ "a.yaml": "include: ./none.yaml" })), ["none.yaml: cannot be read (ENOENT); check the path"]);
  assert.deepEqual(problems(folder), [`${problems(folder)[0]}`]);
  assert.match(problems(folder)[0] ?? "", /cannot be read \(EISDIR\)/);
});

test("what is not YAML, not a mapping, too large or a bomb of aliases is refused", () => {
  assert.match(problemsOf("a: [1, 2\nb: 3")[0] ?? "", /^a\.yaml:\d: is not YAML: /);
  assert.match(problemsOf("a: 1\na: 2")[0] ?? "", /^a\.yaml:2: is not YAML: Map keys must be unique/);
  assert.deepEqual(problemsOf("- 1\n- 2"), ["a.yaml:1: is not a mapping of keys to values"]);
  assert.deepEqual(problemsOf("#".repeat(300_000)), ["a.yaml: has 300000 bytes, at most 262144 are read"]);
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[..."bcdefgh"].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefg"[i]}`).join(", ")}]`).join("\n")}`;
  assert.match(problemsOf(bomb)[0] ?? "", /is not YAML: Excessive alias count/);
});

test("keys that would reach into JavaScript are unknown keys like any other", () => {
  assert.match(problemsOf(`${base}__proto__: { polluted: true }\n`).join(), /__proto__: unknown key/);
  assert.match(problems(files({ "a.yaml": base }), ["__proto__.polluted:=true"]).join(), /__proto__ is an unknown key/);
  assert.match(problems(files({ "a.yaml": base }), ["planner.constructor:=1"]).join(), /planner\.constructor is an unknown key/);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
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
  assert.deepEqual("skill" in loaded && loaded.goal.kind === "image" && loaded.goal.source === "files" && loaded.goal.files, {
    front: join(dirname(path), "sub/front.png"),
    side: join(packageRoot, "goals/side.png"),
  });
});

const ENV_TOKEN = "$" + "{env:TOKEN}";
const secret = "0123456789abcdef-secret";

test("a secret comes from the environment and is not shown again", () => {
  const config = loadLaunch(files({ "a.yaml": `${base}dashboard: { token: "${ENV_TOKEN}" }\n` }), [], { TOKEN: secret });
  assert.equal(config.dashboard.token, secret);
  assert.equal(withoutSecrets(config).dashboard.token, "(secret)");
  assert.equal(config.dashboard.token, secret, "the configuration itself is not changed");
});

test("no message ever contains a secret", () => {
  const path = files({ "a.yaml": `${base}dashboard: { token: "${ENV_TOKEN}" }\n` });
  const texts = [
    problems(path, ["planner.samples:=1"], { TOKEN: secret }),
    problems(path, [], { TOKEN: "short-secret" }),
    problems(path, [`dashboard.token:=[${secret}]`]),
    problems(path, ["dashboard.token:=1234"]),
    problems(path, [`dashboard.tokn:=${secret}`]),
    problems(path, [`dashboard.token=${secret}`]),
    problems(path, [`dashboard.token:=[${secret}`]),
  ];
  for (const lines of texts) {
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join("\n"), /cdef-secret|short-secret|1234/);
  }
  assert.deepEqual(problems(path, [], { TOKEN: "short" }), [
    "a.yaml:10: dashboard.token: the value that is not shown here given; at least 16 characters",
  ]);
});

test("a secret that is not set, not whole or not in its place is refused", () => {
  assert.deepEqual(problemsOf(`${base}dashboard: { token: "${ENV_TOKEN}" }\n`), [
    "a.yaml:10: dashboard.token: environment variable TOKEN is not set; set it or remove the key",
  ]);
  assert.deepEqual(problemsOf(`${base}dashboard: { token: "x-${ENV_TOKEN}" }\n`), [
    `a.yaml:10: dashboard.token: is not a whole reference of the form ${ENV_TOKEN.replace("TOKEN", "NAME")}`,
  ]);
  assert.match(
    problems(files({ "a.yaml": base.replace("robot: panda", `robot: "${ENV_TOKEN}"`) }), [], { TOKEN: secret })[0] ?? "",
    /robot: \$\{env:TOKEN\} is not replaced here; only dashboard\.token can come from the environment/,
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
