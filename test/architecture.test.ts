/** The import rules of the source tree, and who may read clock and chance: the table below is the document. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../runtime/core/package-root.ts";

/** Layers: launch -> skills, robots, sim -> runtime. A pattern of sim names the only files of robots/ that it may see. */
const LAYERS: Readonly<Record<string, readonly RegExp[]>> = {
  runtime: [],
  skills: [/^runtime\//],
  robots: [/^runtime\//],
  sim: [/^runtime\//, /^robots\/[\w-]+\/spec\.ts$/],
  launch: [/^runtime\//, /^skills\//, /^robots\//, /^sim\//],
};
/** Inside runtime/ a folder sees core/, and these; only the files at the top of runtime/, and assemble/, see all stages. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  encode: ["graph"],
  predict: ["graph"],
  plan: ["graph"],
  remember: ["graph"],
  learn: ["graph"],
  act: ["kinematics"],
  record: ["act"],
  bridge: ["act", "supervise", "record"],
};

const IMPORT = /(?:\b(?:import|export)\b[^;"'`]*?\bfrom\s*|\bimport\s*\(?\s*|\b(?:moduleUrl|startWorker|new URL)\(\s*)["']([^"']+)["']/g;
const CLOCK_OR_CHANCE = [
  /\bMath\s*\.\s*random\b/,
  /\bnew Date\b|\bDate\s*[.(]/,
  /\bperformance\s*\.\s*\w/,
  /\bhrtime\b/,
  /\bset(?:Timeout|Interval)\((?![^()]*\)\s*[:{])/, // A method of that name is no use of it.
];
/** Which backend it is, asked by a comparison with a kind. */
const BACKEND_BRANCH = /\bkind\s*[!=]==\s*"(?:sim|gazebo|ros2|feetech|replay)"|\bbackend\.kind\s*[!=]==/;
const MAY_READ_CLOCK_OR_CHANCE = ["runtime/core/clock.ts", "runtime/core/rng.ts"];

/** What writes, replaces or removes files; everybody else does it through own-files.ts and own-folder.ts, so that nothing of the user's is lost. */
const WRITES =
  /\bimport\b[^;]*?\b(writeFile(?:Sync)?|append\w*|create\w*Stream|rename\w*|rm\w*|unlink\w*|copyFile\w*|cp\w*|truncate\w*|mkdir(?:Sync)?|(?:sym)?link(?:Sync)?)\b[^;]*?from "(?:node:)?fs(?:\/promises)?"/;
const MAY_WRITE: Readonly<Record<string, string>> = {
  "runtime/act/run-first.ts": "to the kernel, what its own session counts for",
  "runtime/core/own-files.ts": "for everybody",
  "runtime/core/own-folder.ts": "for everybody",
  "runtime/act/robot-lock.ts": "a socket of its own",
  "runtime/supervise/state-file.ts": "sets aside what cannot be believed, whole",
  "runtime/bridge/ros2/build.ts": "what was compiled, inside node_modules and its cache",
  "robots/described/robot.ts": "gives its own draft its name",
  "runtime/learn/lerobot/export.ts": "a draft of its own, named when it is whole",
  "sim/servos/pseudo-terminal.ts": "a link of its own",
  "launch/backends/gazebo/world.ts": "a temporary folder of its own",
  "launch/jobs/scratch.ts": "temporary folders of its own, those of killed workers too",
  "launch/measure/bench/resume/resume.ts": "a temporary folder of its own",
  "launch/measure/bench/jitter/jitter.ts": "its own folder in the folder for temporary files, gone afterwards",
  "launch/measure/bench/record.ts": "a temporary folder of its own",
};

/** What prints by itself; every command does it through `say`, which prints no number that is none. */
const MAY_PRINT: Readonly<Record<string, string>> = {
  "launch/cli/command-line.ts": "for every command",
  "launch/cli/gazebo/commands.ts": "messages as JSON, for programs",
  "launch/cli/gazebo/shipped-scenes.ts": "the names of what a script made",
  "launch/desk/talk.ts": "asks a person",
  "launch/measure/bench/record/worker.ts": "tells its bench",
};

/** What parses JSON by itself; all that others wrote goes through `parseJson`, which bounds it and takes no key twice. */
const MAY_PARSE: Readonly<Record<string, string>> = {
  "runtime/core/json.ts": "for everybody",
  "runtime/core/card-hash.ts": "text that it has just written",
  "runtime/bridge/foxglove/playback.ts": "the greeting of its own library",
  "launch/cli/version.ts": "our own package.json",
  "launch/measure/bench/jitter/foxglove-viewer.ts": "what its own bench's agent sends",
  "launch/measure/bench/resume/killed-task.ts": "what its own agent kept",
};

/** Every broken rule of a set of files (path from the root -> text), as a sentence. */
function violations(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const code = withoutComments(text);
    const imports = [...code.matchAll(IMPORT)].flatMap((match) =>
      match[1]?.startsWith(".") ? [posix.join(posix.dirname(file), match[1])] : [],
    );
    const bans = MAY_READ_CLOCK_OR_CHANCE.includes(file) ? [] : CLOCK_OR_CHANCE.flatMap((ban) => code.match(ban)?.[0] ?? []);
    return [
      ...imports.flatMap((imported) => importProblem(file, imported) ?? []),
      ...(file.startsWith("launch/") && !file.startsWith("launch/backends/") && BACKEND_BRANCH.test(code)
        ? [`${file} asks which backend it is: add to BackendFacts what it needs to know`]
        : []),
      ...(WRITES.test(code) && !(file in MAY_WRITE)
        ? [`${file} writes files by itself: use runtime/core/own-files.ts or own-folder.ts`]
        : []),
      ...(/\bconsole\.log\b/.test(code) && !(file in MAY_PRINT) ? [`${file} prints by itself: use say of launch/cli/command-line.ts`] : []),
      ...(/\bJSON\s*\.\s*parse\b/.test(code) && !(file in MAY_PARSE)
        ? [`${file} parses JSON by itself: use parseJson of runtime/core/json.ts`]
        : []),
      ...bans.map((found) => `${file} uses ${found}: take a Clock or an Rng instead`),
    ];
  });
}

function importProblem(file: string, imported: string): string | null {
  const [layer = "", stage = ""] = file.split("/");
  const [toLayer, toStage = ""] = imported.split("/");
  if (toLayer === "test") return `${file} -> ${imported}: nothing imports test/`;
  if (toLayer !== layer) {
    return LAYERS[layer]?.some((allowed) => allowed.test(imported)) ? null : `${file} -> ${imported}: ${layer}/ may not import it`;
  }
  const isStage = (name: string): boolean => !name.endsWith(".ts") && name !== "assemble";
  if (layer !== "runtime" || !isStage(stage) || stage === toStage) return null;
  const allowed = stage === "core" ? [] : ["core", ...(STAGES[stage] ?? [])];
  if (isStage(toStage) && allowed.includes(toStage)) return null;
  return `${file} -> ${imported}: ${stage}/ may import ${allowed.join(", ") || "nothing else of runtime/"}; stages meet only in runtime/agent.ts and runtime/assemble/`;
}

/** Keeps strings, since imports are in them; an apostrophe in a comment does not matter, because comments go first. */
function withoutComments(text: string): string {
  return text.replaceAll(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, string: string | undefined) => string ?? "",
  );
}

/** Our sources, without tests and without what browsers load. */
function readSources(): Record<string, string> {
  const names = Object.keys(LAYERS).flatMap((layer) =>
    readdirSync(join(packageRoot, layer), { recursive: true }).map((name) => posix.join(layer, String(name).replaceAll("\\", "/"))),
  );
  const sources = names.filter((name) => name.endsWith(".ts") && !name.includes("/public/") && !name.includes("node_modules"));
  return Object.fromEntries(sources.map((name) => [name, readFileSync(join(packageRoot, name), "utf8")]));
}

test("the source tree keeps the import rules, and only clock.ts and rng.ts read clock and chance", () => {
  const sources = readSources();
  assert.ok(Object.keys(sources).length > 60, `only ${Object.keys(sources).length} files found`);
  assert.deepEqual(violations(sources), []);
});

test("every import of the source tree is seen by the scanner: no file with an import statement yields none", () => {
  for (const [file, text] of Object.entries(readSources())) {
    const written = text
      .split("\n")
      .filter((line) => /^(?:import|export) .*\bfrom ["'].*["'];$|^\} from ["'].*["'];$|^import ["']/.test(line)).length;
    assert.ok([...withoutComments(text).matchAll(IMPORT)].length >= written, file);
  }
});

const planted: readonly (readonly [string, string, string, string])[] = [
  [
    "a runtime file that imports a skill",
    "runtime/plan/a.ts",
    'import { push } from "../../skills/push/skill.ts";',
    "runtime/plan/a.ts -> skills/push/skill.ts: runtime/ may not import it",
  ],
  [
    "a skill that imports a robot",
    "skills/a.ts",
    'import type { X } from "../robots/panda/spec.ts";',
    "skills/a.ts -> robots/panda/spec.ts: skills/ may not import it",
  ],
  [
    "a robot that imports the simulator",
    "robots/panda/a.ts",
    'export * from "../../sim/world.ts";',
    "robots/panda/a.ts -> sim/world.ts: robots/ may not import it",
  ],
  [
    "a simulator that imports a driver",
    "sim/a.ts",
    'import { x } from "../robots/panda/driver.ts";',
    "sim/a.ts -> robots/panda/driver.ts: sim/ may not import it",
  ],
  [
    "a stage that imports another stage",
    "runtime/plan/a.ts",
    'import {\n  type x,\n  y,\n} from "../predict/model.ts";',
    "runtime/plan/a.ts -> runtime/predict/model.ts: plan/ may import core, graph; stages meet only in runtime/agent.ts and runtime/assemble/",
  ],
  [
    "a stage without models that imports graph/",
    "runtime/guard/a.ts",
    'import "../graph/ops.ts";',
    "runtime/guard/a.ts -> runtime/graph/ops.ts: guard/ may import core; stages meet only in runtime/agent.ts and runtime/assemble/",
  ],
  [
    "a stage that imports the agent",
    "runtime/act/a.ts",
    'import { agent } from "../agent.ts";',
    "runtime/act/a.ts -> runtime/agent.ts: act/ may import core, kinematics; stages meet only in runtime/agent.ts and runtime/assemble/",
  ],
  [
    "core that imports a stage",
    "runtime/core/a.ts",
    'const x = await import("../graph/ops.ts");',
    "runtime/core/a.ts -> runtime/graph/ops.ts: core/ may import nothing else of runtime/; stages meet only in runtime/agent.ts and runtime/assemble/",
  ],
  [
    "a worker of another stage",
    "runtime/plan/a.ts",
    'startWorker("../predict/worker.ts", import.meta.url);',
    "runtime/plan/a.ts -> runtime/predict/worker.ts: plan/ may import core, graph; stages meet only in runtime/agent.ts and runtime/assemble/",
  ],
  [
    "production code that imports a test",
    "launch/a.ts",
    'import { fake } from "../test/fake.ts";',
    "launch/a.ts -> test/fake.ts: nothing imports test/",
  ],
  [
    "a branch on the backend outside its folder",
    "launch/learn/a.ts",
    'if (config.backend.kind === "sim") go();',
    "launch/learn/a.ts asks which backend it is: add to BackendFacts what it needs to know",
  ],
  [
    "a file that is written past everybody",
    "launch/a.ts",
    'import { existsSync, writeFileSync } from "node:fs";',
    "launch/a.ts writes files by itself: use runtime/core/own-files.ts or own-folder.ts",
  ],
  ["who prints", "launch/cli/a.ts", 'console.log("x");', "launch/cli/a.ts prints by itself: use say of launch/cli/command-line.ts"],
  ["chance", "runtime/plan/a.ts", "const x = Math.random();", "runtime/plan/a.ts uses Math.random: take a Clock or an Rng instead"],
  ["the date", "launch/a.ts", "const now = Date.now();", "launch/a.ts uses Date.: take a Clock or an Rng instead"],
  ["the performance clock", "sim/a.ts", "const now = performance.now();", "sim/a.ts uses performance.n: take a Clock or an Rng instead"],
  [
    "the machine's own clock",
    "runtime/act/a.ts",
    "const now = process.hrtime.bigint();",
    "runtime/act/a.ts uses hrtime: take a Clock or an Rng instead",
  ],
  ["a timer", "runtime/act/a.ts", "setTimeout(() => {}, 10);", "runtime/act/a.ts uses setTimeout(: take a Clock or an Rng instead"],
];
for (const [what, file, text, expected] of planted) {
  test(`the scanner catches ${what}`, () => assert.deepEqual(violations({ [file]: text }), [expected]));
}

test("the scanner lets what is allowed pass", () => {
  const allowed = {
    "launch/a.ts":
      'import { a } from "../skills/index.ts";\nimport { b } from "../robots/panda/driver.ts";\nimport { c } from "../sim/world.ts";\nimport { d } from "../runtime/plan/cem.ts";',
    "sim/a.ts": 'import { pandaSpec } from "../robots/panda/spec.ts";\nimport * as z from "zod";',
    "runtime/agent.ts": 'import { a } from "./plan/cem.ts";\nimport { b } from "./guard/chain.ts";',
    "runtime/act/a.ts":
      'import { a } from "../kinematics/inverse.ts";\nimport { b } from "./stream.ts";\nimport { c } from "../core/motion.ts";',
    "runtime/core/clock.ts": "setTimeout(run, 1); process.hrtime.bigint();",
    "skills/a.ts":
      '// import { x } from "../launch/b.ts"; Math.random()\n/* performance.now() */ const text = "http://x"; export const dates = text;',
  };
  assert.deepEqual(violations(allowed), []);
});
