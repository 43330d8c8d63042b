/** What is measured is measured to its end, or not at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../../launch/config/load.ts";
import { benchJitter } from "../../../../launch/measure/bench/jitter/jitter.ts";
import { keepersOf } from "../../../helpers/keepers.ts";

test("a keeper that is killed while it is measured ends the bench with `robot.lost`, without figures", { timeout: 120_000 }, async () => {
  const lines: string[] = [];
  const onProgress = (line: string): void => {
    lines.push(line);
    if (line.endsWith("measured from now on")) for (const keeper of keepersOf(process.pid)) process.kill(keeper, "SIGKILL");
  };
  const config = loadLaunch("launch/soak.launch.yaml", []);
  const signal = new AbortController().signal;
  await assert.rejects(benchJitter({ config, seconds: 50, rounds: 1, onProgress, signal }), { code: "robot.lost" });
  assert.deepEqual(lines, ["round 1 of 1, nobody listens", "round 1 of 1, nobody listens: measured from now on"]);
});
