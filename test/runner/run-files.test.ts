/** The runner counts what tests told of themselves, and a process that dies is a failure. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runFiles } from "./run-files.ts";

const run = (...names: string[]) =>
  runFiles(
    names.map((name) => fileURLToPath(new URL(`planted/${name}.ts`, import.meta.url))),
    { needsRos: false, output: "ignore" },
  );

test("passes, failures and skips are counted over all files of a process, whatever they print", async () => {
  assert.deepEqual(await run("mixed", "passing"), {
    passed: 2,
    failures: ["fails after much output"],
    skips: [
      { name: "skips with a reason", reason: "no arm on this desk" },
      { name: "a skipped suite", reason: "no server here" },
    ],
  });
});

test("a process that dies is a failure that says where", async () => {
  const { passed, failures } = await run("passing", "dying");
  assert.equal(passed, 2);
  assert.deepEqual(failures, ['the process ended with SIGKILL in "crashes"']);
});

test("files without a test are a failure", async () => {
  assert.deepEqual(await run("empty"), { passed: 0, failures: ["no test ran"], skips: [] });
});
