/** `bench guards` on a real arm's guards. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../../../launch/config/load.ts";
import { benchGuards, printBenchGuards } from "../../../../../launch/measure/bench/guards/guards.ts";
import { packageRoot } from "../../../../../runtime/core/package-root.ts";

const config = loadLaunch(join(packageRoot, "launch/panda-reach.launch.yaml"));
const run = (seed: number) => benchGuards({ config, cases: 1_000, seed, signal: new AbortController().signal });

test("nothing gets past the Panda's guards, every verdict is exercised, and a seed says what happens", async () => {
  const [one, again] = [await run(1), await run(1)];
  assert.deepEqual(one.problems, []);
  assert.ok(
    Object.values(one.verdicts).every((count) => count > 50),
    JSON.stringify(one.verdicts),
  );
  assert.deepEqual(again.verdicts, one.verdicts);
  const stopped = new Set(one.rows.filter(({ clipped, stopped }) => clipped + stopped > 0).map(({ guard }) => guard));
  for (const guard of ["freshness", "well-formed", "finite", "joint-limits", "workspace", "tool-speed"])
    assert.ok(stopped.has(guard), guard);
  assert.match(printBenchGuards(one), /1000 cases: \d+ passed, \d+ shortened, \d+ stopped; nothing got past, nothing was thrown/);
});
