/** Ends the whole process as a crash of a native addon would, for run-files.test.ts. */
import { test } from "node:test";

test("is there before", () => {});
test("crashes", async () => {
  await new Promise(setImmediate); // So that the reporter has been told that the test began.
  process.kill(process.pid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
