/** Runs test files together in one fresh process and counts what its tests told, not what was printed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestLine } from "./events.ts";

export interface RunOptions {
  /** Sources the ROS 2 of test/ros/setup first, unless another one is sourced. */
  readonly needsRos: boolean;
  /** Printed as it comes, or at the end for processes that run beside each other, or not at all. */
  readonly output: "inherit" | "pipe" | "ignore";
}

export interface RunResult {
  readonly passed: number;
  /** Names of tests; what a process does not survive is a failure too. */
  readonly failures: readonly string[];
  readonly skips: readonly { readonly name: string; readonly reason: string }[];
}

const MINUTES_MAX = 20;

export async function runFiles(paths: readonly string[], { needsRos, output }: RunOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "foresight-test-"));
  const counting = join(folder, "counting.mjs"); // node:test takes a reporter by a file's default export.
  writeFileSync(counting, `export { events as default } from ${JSON.stringify(new URL("events.ts", import.meta.url).href)};\n`);
  const reporters = ["spec", counting].flatMap((name) => [`--test-reporter=${name}`, "--test-reporter-destination=stdout"]);
  const entry = join(folder, "tests.mjs");
  // Static imports: every file has been read and compiled before the first test begins, which may watch a clock.
  writeFileSync(entry, paths.map((path) => `import ${JSON.stringify(pathToFileURL(path).href)};\n`).join(""));
  const args = ["--import", "tsx", ...reporters, entry];
  const [program, argv] = needsRos ? sourced(args) : [process.execPath, args];
  try {
    return count(await ended(spawn(program, argv, { stdio: ["ignore", output, output === "ignore" ? "ignore" : "inherit", "pipe"] })));
  } finally {
    rmSync(folder, { recursive: true });
    if (needsRos) cleanSharedMemory();
  }
}

interface End {
  readonly lines: readonly TestLine[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<End> {
  const printed = collect(child.stdio[1]);
  const told = collect(child.stdio[3]);
  const late = setTimeout(() => child.kill("SIGKILL"), MINUTES_MAX * 60_000);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(late);
      process.stdout.write(Buffer.concat(printed));
      const lines = Buffer.concat(told).toString("utf8").split("\n").slice(0, -1);
      resolve({ lines: lines.map((line) => JSON.parse(line) as TestLine), code, signal }); // Written by our own reporter.
    });
  });
}

function collect(stream: ChildProcess["stdio"][number] | undefined): readonly Buffer[] {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

function count({ lines, code, signal }: End): RunResult {
  const ends = lines.filter(({ type }) => type !== "test:dequeue");
  const skips = ends.flatMap(({ name, skip }) =>
    skip === undefined ? [] : [{ name, reason: skip === true ? "no reason given" : String(skip) }],
  );
  const failures = ends.filter(({ type, todo }) => type === "test:fail" && todo === undefined).map(({ name }) => name);
  const passed = ends.filter(({ type, skip }) => type === "test:pass" && skip === undefined).length;
  if (failures.length === 0 && (code !== 0 || signal !== null)) failures.push(describeEnd(lines.at(-1), signal ?? `code ${code}`));
  else if (ends.length === 0) failures.push("no test ran");
  return { passed, failures, skips };
}

function describeEnd(last: TestLine | undefined, how: string): string {
  const where = last === undefined ? "before any test" : last.type === "test:dequeue" ? `in "${last.name}"` : `after "${last.name}"`;
  return `the process ended with ${how} ${where}`;
}

/** The library path that ROS needs must be there before Node starts. */
const sourced = (args: readonly string[]): [string, readonly string[]] => inRos(process.execPath, args);

function inRos(program: string, args: readonly string[]): [string, readonly string[]] {
  const file = join(process.env["FORESIGHT_ROS_ROOT"] ?? join(homedir(), ".cache/foresight/ros"), "env.sh");
  if (process.env["ROS_DISTRO"] || !existsSync(file)) return [program, args];
  return ["bash", ["-c", '. "$0" && exec "$@"', file, program, ...args]];
}

const CLEAN_MS_MAX = 20_000;

/** What a killed participant leaves in /dev/shm, 35 MB each. Fast DDS's own tool removes only what no living process holds. */
function cleanSharedMemory(): void {
  const [program, args] = inRos("fastdds", ["shm", "clean"]);
  spawnSync(program, args, { stdio: "ignore", timeout: CLEAN_MS_MAX }); // Another middleware has no such tool, and leaves nothing there.
}
