import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { packageRoot } from "../../runtime/core/package-root.ts";

/** A folder elsewhere, with our packed package installed in it. */
const elsewhere = mkdtempSync(join(tmpdir(), "foresight-pack-"));
const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: elsewhere, encoding: "utf8", timeout: 180_000 });

before(() => {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: packageRoot }); // Our .npmrc keeps npm pack from running prepack.
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", elsewhere], {
    cwd: packageRoot,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const file = /"filename":\s*"([^"]+)"/.exec(packed)?.[1];
  assert.ok(file, packed);
  writeFileSync(join(elsewhere, "package.json"), JSON.stringify({ name: "elsewhere", private: true, type: "module" }));
  const install = run("npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", join(elsewhere, file));
  assert.equal(install.status, 0, install.stderr);
});

test("the packed package has the foresight command, which helps and knows the shipped launch files", () => {
  const help = run("npx", "foresight", "--help");
  assert.equal(help.status, 0, help.stderr);
  for (const verb of ["run", "check", "eval", "bench", "doctor"]) assert.match(help.stdout, new RegExp(`^ {2}${verb}\\b`, "m"));
  const check = run("npx", "foresight", "check");
  assert.equal(check.status, 0, check.stderr);
  assert.match(check.stdout, /everything fits/);
});

test("the packed package finds everything it needs where it is installed, by its own doctor", () => {
  const { status, stdout, stderr } = run("npx", "foresight", "doctor", "--json", "doctor.json");
  assert.equal(status, 0, stdout + stderr);
  const { checks } = JSON.parse(readFileSync(join(elsewhere, "doctor.json"), "utf8")) as { checks: { name: string; found: string }[] };
  const models = checks.filter(({ name }) => name.startsWith("model "));
  assert.ok(models.length >= 2, stdout);
  for (const { found } of models) assert.ok(found.includes(join(elsewhere, "node_modules/foresight/robots")), found);
});

test("the packed package runs an arm: built workers and model are found", () => {
  const args = ["foresight", "run", "backend.mode:=lockstep", "dashboard.enabled:=false", "planner.samples:=32", "planner.iterations:=1"];
  const { status, stdout, stderr } = run("npx", ...args);
  assert.ok(status === 0 || status === 1, stderr); // Whether so small a planner gets there does not matter here.
  assert.match(stdout, /^decisions +[1-9]\d* \(lockstep\)$/m, stderr);
});

test("the packed package serves the page whole: its own files, the libraries it loads and the arm's shapes", async () => {
  const args = ["foresight", "run", "backend.mode:=lockstep", "dashboard.port:=0", "dashboard.lifecycle:=ready"];
  const running = spawn("npx", args, { cwd: elsewhere, stdio: ["ignore", "pipe", "inherit"], detached: true });
  try {
    let out = "";
    for await (const part of running.stdout) {
      out += part;
      if (/page: \S+/.test(out)) break;
    }
    const origin = new URL(/page: (\S+)/.exec(out)?.[1] ?? "").origin;
    for (const path of [
      "/",
      "/page.js",
      "/uplot.js",
      "/three/build/three.module.js",
      "/three/addons/controls/OrbitControls.js",
      "/agent-chart.svg",
    ])
      assert.equal((await fetch(origin + path)).status, 200, path);
    const scene = (await (await fetch(`${origin}/scene.json`)).json()) as { bodies: unknown[] };
    assert.ok(scene.bodies.length > 5, "the arm's bodies");
  } finally {
    process.kill(-running.pid!, "SIGINT");
    await once(running, "exit");
  }
});

for (const program of ["own-robot", "own-skill-and-backend"])
  test(`somebody else's program, ${program}, has at most 30 lines, and works with the packed package`, () => {
    const text = readFileSync(join(packageRoot, `test/library/${program}.mjs`), "utf8");
    const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"));
    assert.ok(lines.length <= 30, `${lines.length} lines`);
    writeFileSync(join(elsewhere, `${program}.mjs`), text);
    writeFileSync(join(elsewhere, "own.launch.yaml"), readFileSync(join(packageRoot, "test/library/own.launch.yaml")));
    const { status, stdout, stderr } = run("node", `${program}.mjs`);
    assert.equal(status, 0, stdout + stderr);
    if (program === "own-robot") assert.match(stdout, /result: 'succeeded'/);
    else assert.match(stdout, /^decisions +[1-9]\d* \(lockstep\)$/m, stderr);
  });

test("the packed package has types that a strict consumer compiles against", () => {
  writeFileSync(
    join(elsewhere, "consumer.ts"),
    'import { AgentError, createRng, type Robot } from "foresight";\nexport const normal: number = createRng(1).normal();\nexport const name = (robot: Robot): string => robot.spec.name;\nexport const code = new AgentError("plan.late", "x").code;\n',
  );
  writeFileSync(
    join(elsewhere, "mistaken.ts"),
    'import { createRng } from "foresight";\nexport const text: string = createRng(1).normal();\n',
  );
  const options = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--lib",
    "es2023,esnext.disposable",
    "--types",
    "",
  ];
  const { stdout } = run(join(packageRoot, "node_modules/.bin/tsc"), ...options, "consumer.ts", "mistaken.ts");
  const mistakes = stdout.split("\n").filter((line) => line.includes("error TS"));
  assert.deepEqual(
    mistakes.map((line) => line.replace(/\(.*/, "")),
    ["mistaken.ts"],
    `a number is no text, as it would be were the types any; nothing else is wrong: ${stdout}`,
  );
});
