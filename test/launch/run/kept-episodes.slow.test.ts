/** A run that remembers, in a world that waits: what it did is there in the next run, is offered, and comes to the same bytes whenever memory is the same. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { recordedConfig } from "../../../launch/config/recorded-config.ts";
import { isSame } from "../../../launch/run/report.ts";
import { run } from "../../../launch/run/run.ts";
import type { Instant } from "../../../runtime/core/instant.ts";
import type { Tick } from "../../../runtime/core/tick.ts";

const root = mkdtempSync(join(tmpdir(), "foresight-remembering-"));
after(() => rmSync(root, { recursive: true }));

/** The decision halves as text: every number of every array, in full. */
const text = (decision: Tick["decision"]): string =>
  JSON.stringify(decision, (_, value) => {
    if (typeof value === "bigint") return `${value}n`;
    return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex") : value;
  });

async function play(memory: string, more: readonly string[] = []) {
  const overrides = ["backend.mode:=lockstep", "dashboard.enabled:=false", "planner.samples:=16", "planner.iterations:=1", "seed:=7"];
  const decisions: string[] = [];
  const said: string[] = [];
  let offered = 0;
  const listener = {
    name: "test",
    tick: ({ decision }: Tick): void => void decisions.push(text(decision)),
    instant(instant: Instant): void {
      if (instant.kind === "judged") offered += instant.offered?.length ?? 0;
    },
  };
  const config = loadLaunch("launch/panda-reach.launch.yaml", [...overrides, `memory.folder:=${join(root, memory)}`, ...more]);
  await run(await draw(config), { say: (line) => said.push(line), signal: new AbortController().signal, taps: [() => listener] });
  return { decisions, offered, said };
}

const episodesIn = (memory: string): number => readdirSync(join(root, memory)).filter((name) => /^episode-\d+\.json$/.test(name)).length;

test("an attempt is there in the next run and is offered at every decision; the same memory makes the same bytes, and so does the recording, whatever was remembered since", async () => {
  const first = await play("own");
  assert.equal(first.offered, 0);
  assert.equal(episodesIn("own"), 1);
  cpSync(join(root, "own"), join(root, "copy"), { recursive: true });
  const record = join(root, "second.mcap");
  const second = await play("own", [`record:=${record}`]);
  const copied = await play("copy");
  assert.equal(second.offered, second.decisions.length, "one episode, one offer a decision");
  assert.ok(
    second.said.some((line) => /memory: 1 episodes of this model/.test(line)),
    second.said.join("\n"),
  );
  assert.deepEqual(copied.decisions, second.decisions);
  assert.equal(episodesIn("own"), 2);

  const replayed = await run(await draw(await recordedConfig(record, [])), { say: () => {}, signal: new AbortController().signal });
  assert.ok(replayed.replay && isSame(replayed.replay), JSON.stringify(replayed.replay));
  assert.equal(episodesIn("own"), 2, "a replay remembers nothing");
});
