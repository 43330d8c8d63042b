/** `bench guards` on a real arm's guards, model and planners. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../../../launch/config/load.ts";
import { benchGuards } from "../../../../../launch/measure/bench/guards/guards.ts";
import { printBenchGuards } from "../../../../../launch/measure/bench/guards/print.ts";
import { packageRoot } from "../../../../../runtime/core/package-root.ts";

const config = loadLaunch(join(packageRoot, "launch/panda-reach.launch.yaml"));
const run = (cases: number) => benchGuards({ config, cases, seed: 1, signal: new AbortController().signal });
type Result = Awaited<ReturnType<typeof run>>;
const counts = ({ kinds }: Result) => kinds.map(({ coreS: _, ...row }) => row);

test("nothing gets past the Panda's guards, whatever is tried; every verdict is exercised", async () => {
  const one = await run(1_000);
  assert.deepEqual(one.problems, []);
  assert.deepEqual(
    one.kinds.map(({ kind, cases }) => [kind, cases]),
    [
      ["segments", 300],
      ["states", 250],
      ["actions", 250],
      ["goals", 100],
      ["objectives", 100],
    ],
  );
  for (const { kind, cases, refused, pass, clip, stop } of one.kinds) {
    assert.equal(refused + pass + clip + stop, cases, kind);
    assert.ok(pass > 20 && clip > 0 && stop > 0, `${kind}: ${JSON.stringify({ pass, clip, stop })}`);
    assert.equal(
      refused > 0,
      kind !== "segments" && kind !== "states",
      `${kind}: numbers that are none are refused where a planner or the kinematics meet them first`,
    );
  }
  for (const verdict of ["pass", "clip", "stop"] as const) {
    const count = one.kinds.reduce((sum, kind) => sum + kind[verdict], 0);
    assert.ok(count > 50, `${verdict}: ${count}`);
  }
  const stopped = new Set(one.rows.filter(({ clipped, stopped }) => clipped + stopped > 0).map(({ guard }) => guard));
  for (const guard of ["freshness", "well-formed", "finite", "joint-limits", "workspace", "tool-speed"])
    assert.ok(stopped.has(guard), guard);
  const text = printBenchGuards(one);
  assert.match(text, /1000 cases: \d+ passed, \d+ shortened, \d+ stopped, \d+ refused before; nothing got past, nothing was thrown/);
  assert.match(text, /a million take \d+ minutes of one core/);
});

test("interrupted, it tells what was found until then and how as many are tried as were left out", async () => {
  const interrupt = new AbortController();
  const onProgress = (line: string) => line.startsWith("100 ") && interrupt.abort();
  const part = await benchGuards({ config, cases: 100_000, seed: 1, onProgress, signal: interrupt.signal });
  assert.deepEqual([part.cases, part.left], [200, 99_800]);
  assert.deepEqual(counts(part), counts(await run(200)));
  assert.match(printBenchGuards(part), /99800 cases were left out; --cases 99800 --seed 2 tries as many/);
});

test("a seed says what happens", async () => {
  assert.deepEqual(counts(await run(200)), counts(await run(200)));
});
