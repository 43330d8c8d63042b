/** Passes, beside others in one process, for run-files.test.ts. */
import { test } from "node:test";

test("passes too", () => {});
