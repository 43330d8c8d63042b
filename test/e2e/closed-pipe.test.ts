/** A reader that leaves, as in `foresight ... | head -1`: the arm comes to rest, and no command complains. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { StopLog } from "../../runtime/act/stop-log.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

/** What a shell shows of a command that SIGPIPE ended. */
const READER_LEFT = 141;
const SMALL_PLAN = ["planner.samples:=16", "planner.iterations:=1"];
const folder = mkdtempSync(join(tmpdir(), "foresight-pipe-"));
after(() => rmSync(folder, { recursive: true }));

test("the arm of a run whose reader leaves is brought to rest, and the run ends without a word", async () => {
  const log = join(folder, "stop.json");
  // A reader is missed when something is printed: when the first skill begins, or the second, since by chance the first gets nowhere.
  const skills = ["{ skill: push, goal: { kind: image, source: simulator } }", "{ skill: hold, goal: { kind: here } }"];
  const overrides = ["planner.policy:=random", `task:={ fallback: [${skills.join(", ")}] }`, "dashboard.port:=0"];
  const running = startCli(["run", "launch/panda-push.launch.yaml", ...overrides], { FORESIGHT_KEEPER_LOG: log });
  await running.saw(/page: \S+/); // As `head -1` sees it.
  running.child.stdout!.destroy();
  const { code, err } = await running.result;
  assert.equal(err, "");
  assert.equal(code, READER_LEFT);
  await until("the keeper telling of the stop", () => existsSync(log) && readFileSync(log, "utf8").endsWith("}"));
  assert.ok((JSON.parse(readFileSync(log, "utf8")) as StopLog).speedAtEndRadPerS <= 0.01);
});

/** Each does what it was asked to do and prints the end of it, to nobody. */
for (const args of [["check"], ["doctor"], ["eval", "--episodes", "1", ...SMALL_PLAN], ["bench", "sim", "--decisions", "5"]]) {
  test(`${args.slice(0, 2).join(" ")} whose reader has left ends without a word`, async () => {
    const running = startCli(args);
    running.child.stdout!.destroy();
    const { code, err } = await running.result;
    assert.doesNotMatch(err, /EPIPE|Error|\n +at |reader/);
    assert.equal(code, 0);
  });
}
