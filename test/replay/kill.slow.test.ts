/** Whoever records is killed: at most one second is lost, what is there is read, and recover makes a whole file of it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { killRecorder } from "../../launch/measure/bench/record/kills.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { cli } from "../helpers/cli.ts";

const KILLS = 10;
const LOST_MS_MAX = 1000;
const folder = mkdtempSync(join(tmpdir(), "foresight-kill-"));
after(() => rmSync(folder, { recursive: true }));

test(`after each of ${KILLS} kills at most one second is lost, and recover makes a whole recording of what is there`, async (t) => {
  const rng = createRng(7);
  const lostMs: number[] = [];
  let kept = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = await killRecorder(folder, `${kill}`, rng);
    lostMs.push(killed.lostMs);
    assert.ok(killed.lostMs <= LOST_MS_MAX, `kill ${kill}: ${killed.lostMs} ms are lost`);
    const cut = await readRecording(killed.file);
    assert.match(cut.missing ?? "", /^the recording was cut off: its end is missing/);
    kept += cut.samples.length;
    const whole = await readRecording(killed.recovered);
    assert.deepEqual({ ...whole, missing: "" }, { ...cut, missing: "" });
    assert.match(whole.missing ?? "", /^the recording ended before the run did: it was cut off and repaired/);
  }
  assert.ok(kept > 100 * KILLS, `${kept} samples are left of all of them`);
  t.diagnostic(`lost at most ${Math.max(...lostMs).toFixed(0)} ms of ${LOST_MS_MAX} ms: ${lostMs.map((ms) => ms.toFixed(0)).join(", ")}`);
});

test("recover replaces nothing unless it is told to, and then the whole recording takes the place of the cut one", async () => {
  const [cut, recovered] = [join(folder, "0.mcap"), join(folder, "0.recovered.mcap")];
  const before = readFileSync(cut);
  const refused = await cli("recover", cut);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /there is a recording already: --force replaces it/);
  assert.ok(readFileSync(cut).equals(before), "the original stays as it is");
  const forced = await cli("recover", cut, "--force");
  assert.equal(forced.code, 0, forced.err);
  assert.ok(readFileSync(cut).equals(readFileSync(recovered)));
  const again = await cli("recover", cut, "--out", join(folder, "unused.mcap"));
  assert.match(again.out, /0\.mcap is whole: \d+ messages with \d+ decisions/);
});
