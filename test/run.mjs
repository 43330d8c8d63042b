// Finds *.test.ts and runs them: the fast ones of one folder share a process, two processes at a time, and so do the long ones, which compute and watch no clock; slow ones are alone.
// Ends with `N passed, N failed`. `node test/run.mjs unit` runs the fast ones: all but test/e2e, test/ros and files named *.slow.test.ts or *.long.test.ts. Other arguments filter by path.
// Skips are printed with their reasons, and are failures where CI=true. There a slow file that fails is run once more, three files at most, and what wavered is named at the end. Those in test/ros, and faults/ros.slow.test.ts, are started with the ROS 2 of test/ros/setup sourced, unless another one is.
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

register();
const { runFiles } = await import("./runner/run-files.ts");

const here = fileURLToPath(new URL(".", import.meta.url));
const AT_ONCE = 2;
const [mode, ...filters] = process.argv.slice(2);
const unitOnly = mode === "unit";
if (mode && !unitOnly) filters.unshift(mode);

const isRos = (path) => path.split(sep).some((part) => part === "ros" || part === "ros.slow.test.ts");
const isLong = (path) => path.endsWith(".long.test.ts");
const isAlone = (path) => !isLong(path) && (path.startsWith(`e2e${sep}`) || isRos(path) || path.endsWith(".slow.test.ts"));
const files = readdirSync(here, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => !(unitOnly && (isAlone(path) || isLong(path))))
  .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
  .sort();

/** Runs a group and tells what came of it, as a row of the table. */
async function run(name, paths, output) {
  const started = process.hrtime.bigint();
  const result = await runFiles(
    paths.map((path) => join(here, path)),
    { needsRos: paths.some(isRos), output },
  );
  return { name, ...result, minutes: Number(process.hrtime.bigint() - started) / 60e9 };
}

const groups = new Map();
for (const path of files.filter(isLong)) groups.set(path, [path]);
for (const path of files.filter((path) => !isAlone(path) && !isLong(path))) {
  const folders = path.split(sep).slice(0, -1).slice(0, 2);
  const name = folders.join("/") || "top";
  groups.set(name, [...(groups.get(name) ?? []), path]);
}
const waiting = [...groups];
const rows = [];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) rows.push(await run(...group, "pipe"));
  }),
);
const alone = [];
for (const path of files.filter(isAlone)) alone.push(await run(path, [path], "inherit")); // They use every core, and some the same server or port.

// Real processes on a machine that is lent: what fails is run once more, and told of whatever comes of it. Where more fail than can be chance, nothing is.
const WAVERING_MAX = 3;
const failing = alone.filter(({ failures }) => failures.length > 0);
const wavered = [];
if (process.env.CI === "true" && failing.length <= WAVERING_MAX)
  for (const row of failing) {
    const again = await run(row.name, [row.name], "inherit");
    if (again.failures.length === 0) wavered.push(row);
    alone[alone.indexOf(row)] = { ...again, minutes: row.minutes + again.minutes };
  }
rows.push(...alone);

console.log(`\n${"tests".padEnd(60)} minutes  passed  failed  skipped`);
const cell = (value) => String(value).padStart(7);
for (const { name, minutes, passed, failures, skips } of rows)
  console.log(name.padEnd(60), cell(minutes.toFixed(2)), cell(passed), cell(failures.length), cell(skips.length));
for (const { name, skips } of rows) for (const { name: test, reason } of skips) console.log(`skipped in ${name}: ${test}: ${reason}`);
for (const { name, failures } of rows) for (const failure of failures) console.log(`failed in ${name}: ${failure}`);
for (const { name, failures } of wavered)
  for (const failure of failures) console.log(`WAVERED in ${name}: ${failure}; failed, and passed when the file ran again`);

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const passed = total(rows.map((row) => row.passed));
const failed = total(rows.map(({ failures }) => failures.length));
const skipped = total(rows.map(({ skips }) => skips.length));
if (rows.length === 0) console.error("no test ran: that is a failure");
if (skipped > 0 && process.env.CI === "true") console.error("a skip is a failure in CI, which installs what the tests need");
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(rows.length === 0 || failed > 0 || (skipped > 0 && process.env.CI === "true") ? 1 : 0);
