/** Agents that are killed at random instants of a task of four skills, in a world that goes on: it ends as if nothing had happened. `foresight bench resume` does the same more often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { benchResume, printBenchResume } from "../../launch/measure/bench/resume/resume.ts";

/** The whole test takes two to five minutes on two cores. */
const MINUTES_MAX = 12;

test("killed 20 times with SIGKILL an agent comes back holding, goes on where it was, does no skill twice and ends its task; abort gives it up", async (context) => {
  const onProgress = (): void => {};
  const signal = AbortSignal.timeout(MINUTES_MAX * 60_000);
  const result = await benchResume({ kills: 20, seed: 3, onProgress, signal });
  context.diagnostic(printBenchResume(result));
  assert.deepEqual(result.problems, []);
  assert.equal(result.kills, 20);
  assert.equal(result.aborted, 1);
  assert.ok(result.resumed + result.restarted > 0);
});
