/** What a tape does when the disk below it changes. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { channelsOf } from "../../../runtime/record/channels/table.ts";
import { layoutOf } from "../../../runtime/record/mcap/layout.ts";
import { loadZstd } from "../../../runtime/record/mcap/zstd.ts";
import { createTape } from "../../../runtime/record/tape.ts";
import { runFacts } from "../../helpers/run-news.ts";

const root = mkdtempSync(join(tmpdir(), "foresight-tape-"));
after(() => rmSync(root, { recursive: true, force: true }));

test("a folder that somebody takes away does not end the recording in it: its file is open, and what becomes of it is said at the end", async () => {
  const folder = join(root, "gone");
  mkdirSync(folder);
  const stopped: string[] = [];
  const tape = createTape({
    ...{ file: join(folder, "run.mcap"), force: false, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, last: null },
    ...{ layout: layoutOf(channelsOf(runFacts)), zstd: await loadZstd(), onStopped: (why) => void stopped.push(why) },
    freeBytes: () => {
      throw Object.assign(new Error("no such folder"), { code: "ENOENT" }); // As statfs.
    },
  });
  rmSync(folder, { recursive: true });
  tape.beat();
  assert.deepEqual(stopped, []);
  assert.equal(tape.finish(0).files.length, 1);
});
