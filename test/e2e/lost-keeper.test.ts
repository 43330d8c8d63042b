/** Whatever command has an arm: when the process that holds the arm is killed, it says so in one sentence and ends with a code of its own. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startCli } from "../helpers/cli.ts";
import { keepersOf } from "../helpers/keepers.ts";
import { until } from "../helpers/until.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-lost-"));
const REACH = "launch/panda-reach.launch.yaml";

for (const [name, args] of [
  ["eval", ["eval", "--launch", REACH, "--realtime", "--episodes", "2", "--seed", "700"]],
  ["collect", ["collect", REACH, "--realtime", "--workers", "1", "--rows", "200", "--out", join(folder, "data")]],
  ["bench stream", ["bench", "stream", "--seconds", "30"]],
] as const)
  test(`${name} ends when its keeper is killed`, { timeout: 120_000 }, async (context) => {
    const running = startCli(args);
    context.after(() => running.child.kill("SIGKILL"));
    let keeper = -1;
    await until(
      "the keeper is there",
      () => {
        keeper = keepersOf(running.child.pid!)[0] ?? -1;
        return keeper > 0;
      },
      60_000,
    );
    process.kill(keeper, "SIGKILL");
    const { code, err } = await running.result;
    assert.equal(code, 2, err);
    assert.match(err, /^robot\.lost: .*; start the agent again$/m);
    assert.doesNotMatch(err, /\n\s+at /, "no stack for what the world did wrong");
  });

test.after(() => rmSync(folder, { recursive: true, force: true }));
