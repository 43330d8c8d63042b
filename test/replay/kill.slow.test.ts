/** Whoever records is killed: at most one second is lost, what is there is read, and recover makes a whole file of it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createRng } from "../../runtime/core/rng.ts";
import { entriesOf } from "../../runtime/record/mcap/read.ts";
import { loadZstd } from "../../runtime/record/mcap/zstd.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { cli } from "../helpers/cli.ts";

const KILLS = 10;
const LOST_NS_MAX = 1_000_000_000n;
const folder = mkdtempSync(join(tmpdir(), "foresight-kill-"));
after(() => rmSync(folder, { recursive: true }));

/** Kills it once it has told of so much, and gives the newest stamp that came from it. */
async function killedAfter(child: ChildProcess, atNs: bigint): Promise<bigint> {
  let toldNs = 0n;
  for await (const line of createInterface({ input: child.stdout! })) {
    if (!line.startsWith("told ")) assert.fail(line);
    toldNs = BigInt(line.slice(5));
    if (toldNs >= atNs && !child.killed) child.kill("SIGKILL");
  }
  return toldNs;
}

test(`after each of ${KILLS} kills at most one second is lost, and recover makes a whole recording of what is there`, async (t) => {
  const rng = createRng(7);
  const zstd = await loadZstd();
  const lostMs: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const file = join(folder, `${kill}.mcap`);
    const helper = fileURLToPath(new URL("../helpers/recording-to-kill.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", helper, file], { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    const toldNs = await killedAfter(child, BigInt(Math.round(rng.between(0.1e9, 2.5e9))));
    await exited;
    let keptNs = 0n;
    for (const { receivedNs } of entriesOf(file, zstd)) if (receivedNs > keptNs) keptNs = receivedNs;
    lostMs.push(Number(toldNs - keptNs) / 1e6);
    assert.ok(toldNs - keptNs <= LOST_NS_MAX, `kill ${kill}: ${lostMs.at(-1)} ms are lost`);

    const before = readFileSync(file);
    const cut = await readRecording(file);
    assert.match(cut.missing ?? "", /^the recording was cut off: its end is missing/);
    const { code, out, err } = await cli("recover", file);
    assert.equal(code, 0, err);
    assert.match(out, /recovered \d+ messages with \d+ decisions in .*\.recovered\.mcap/);
    assert.ok(readFileSync(file).equals(before), "the original stays as it is");
    const whole = await readRecording(join(folder, `${kill}.recovered.mcap`));
    assert.deepEqual({ ...whole, missing: "" }, { ...cut, missing: "" });
    assert.match(whole.missing ?? "", /^the recording ended before the run did: it was cut off and repaired/);
  }
  t.diagnostic(
    `lost at most ${Math.max(...lostMs).toFixed(0)} ms of ${LOST_NS_MAX / 1_000_000n} ms: ${lostMs.map((ms) => ms.toFixed(0)).join(", ")}`,
  );
});

test("recover replaces nothing unless it is told to, and then the whole recording takes the place of the cut one", async () => {
  const [cut, recovered] = [join(folder, "0.mcap"), join(folder, "0.recovered.mcap")];
  const refused = await cli("recover", cut);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /there is a recording already: --force replaces it/);
  const forced = await cli("recover", cut, "--force");
  assert.equal(forced.code, 0, forced.err);
  assert.ok(readFileSync(cut).equals(readFileSync(recovered)));
  const again = await cli("recover", cut, "--out", join(folder, "unused.mcap"));
  assert.match(again.out, /0\.mcap is whole: \d+ messages with \d+ decisions/);
});
