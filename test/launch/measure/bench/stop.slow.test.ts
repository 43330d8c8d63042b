/** What goes wrong while `bench stop` moves an arm is said in words, whatever it waits for just then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemClock } from "../../../../runtime/core/clock.ts";
import { startCli } from "../../../helpers/cli.ts";
import { keepersOf } from "../../../helpers/keepers.ts";
import { until } from "../../../helpers/until.ts";

const clock = new SystemClock();
/** Ten times what the stream bears. */
const HELD_UP_MS = 400;
const PAUSE_MS = 350;
const TIMES_MAX = 30;

test("an arm whose stream is held up again and again ends bench stop with a sentence", { timeout: 120_000 }, async (context) => {
  const running = startCli(["bench", "stop", "launch/panda-reach.launch.yaml", "--repeats", "20"]);
  let isOver = false;
  const ended = running.result.finally(() => {
    isOver = true;
  });
  let keeper = -1;
  await until(
    "the keeper is there",
    () => {
      keeper = keepersOf(running.child.pid!)[0] ?? -1;
      return keeper > 0;
    },
    60_000,
  );
  context.after(() => running.child.kill("SIGKILL"));
  for (let times = 0; times < TIMES_MAX && !isOver; times++) {
    await clock.sleep(PAUSE_MS);
    if (!pause(keeper, "SIGSTOP")) break;
    await clock.sleep(HELD_UP_MS);
    pause(keeper, "SIGCONT");
  }
  const { code, err } = await ended;
  assert.equal(code, 2, err);
  assert.match(err, /^robot\.(stalled|rejected|lost): .+; .+/m);
  assert.doesNotMatch(err, /\n\s+at /, "no stack for what the world did wrong");
});

/** Whether it is there still. */
function pause(pid: number, signal: "SIGSTOP" | "SIGCONT"): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
