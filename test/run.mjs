// Finds *.test.ts, runs them with node:test one suite (top folder) at a time, prints the minutes of each, and ends with `N passed, N failed`.
// `node test/run.mjs unit` runs the fast ones: all but test/e2e, test/ros and files named *.slow.test.ts. Other arguments filter by path.
// Those in test/ros are started with the ROS 2 of test/ros/setup sourced, unless another one is.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const [mode, ...filters] = process.argv.slice(2);
const unitOnly = mode === "unit";
if (mode && !unitOnly) filters.unshift(mode);

const isRos = (path) => path.startsWith(`ros${sep}`);
const isSlow = (path) => path.startsWith(`e2e${sep}`) || path.endsWith(".slow.test.ts");
const files = readdirSync(here, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => !(unitOnly && (isSlow(path) || isRos(path))))
  .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
  .sort();

const suites = Map.groupBy
  ? Map.groupBy(files, suiteOf)
  : files.reduce((map, file) => map.set(suiteOf(file), [...(map.get(suiteOf(file)) ?? []), file]), new Map());

function suiteOf(path) {
  const parts = path.split(sep);
  return isRos(path) ? "ros" : isSlow(path) ? "e2e" : parts.length > 2 ? `${parts[0]}/${parts[1]}` : parts.length > 1 ? parts[0] : "top";
}

let passed = 0;
let failed = 0;
const minutes = [];
for (const [suite, paths] of suites) {
  const started = process.hrtime.bigint();
  const result = await runSuite(suite, paths);
  passed += result.passed;
  failed += result.failed;
  minutes.push([suite, Number(process.hrtime.bigint() - started) / 60e9, result]);
}

console.log("\nsuite                          minutes  passed  failed");
for (const [suite, time, result] of minutes) {
  console.log(
    `${suite.padEnd(30)} ${time.toFixed(2).padStart(7)} ${String(result.passed).padStart(7)} ${String(result.failed).padStart(7)}`,
  );
}
if (passed + failed === 0) {
  console.error("no test ran: that is a failure");
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs the files of one suite in fresh processes; slow suites one file at a time, since they use both cores. */
function runSuite(suite, paths) {
  const concurrency = suite === "e2e" || suite === "ros" ? 1 : 2;
  const args = [
    "--import",
    "tsx",
    "--test",
    `--test-concurrency=${concurrency}`,
    "--test-reporter=spec",
    ...paths.map((path) => join(relative(process.cwd(), here), path)),
  ];
  return new Promise((resolve) => {
    const child = spawn(...sourced(suite, [process.execPath, ...args]), { stdio: ["ignore", "pipe", "inherit"] });
    let tail = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk).slice(-20_000);
    });
    child.on("close", (code) => {
      const count = (word) => Number(tail.match(new RegExp(`^. ${word} (\\d+)$`, "m"))?.[1] ?? 0);
      const failures = count("fail") + count("cancelled");
      resolve({ passed: count("pass"), failed: failures === 0 && code !== 0 ? 1 : failures });
    });
  });
}

/** The library path that ROS needs must be there before Node starts. */
function sourced(suite, [program, ...args]) {
  const file = join(process.env.FORESIGHT_ROS_ROOT ?? join(homedir(), ".cache/foresight/ros"), "env.sh");
  if (suite !== "ros" || process.env.ROS_DISTRO || !existsSync(file)) return [program, args];
  return ["bash", ["-c", '. "$0" && exec "$@"', file, program, ...args]];
}
