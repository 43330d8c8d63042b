/** The pictures beside a model: whole when they come back, of its own encoder or none, and the shipped ones there from the first decision. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { mostDifferent } from "../../../launch/learn/sights-of-play.ts";
import { curvesOf } from "../../../launch/run/kept-curves.ts";
import { SIGHTS_FILE, SIGHTS_MAX, sightsOf, sightsText } from "../../../launch/run/kept-sights.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-sights-"));
after(() => rmSync(folder, { recursive: true }));
const push = await loadModelPackage("robots/panda/world-models/push");
const frame = (level: number) => ({
  ...{ camera: "front", widthPx: 16, heightPx: 8, stampNs: 5n, receivedNs: 6n },
  rgb: new Uint8Array(16 * 8 * 3).fill(level),
});
const sight = (...latent: number[]) => ({ latent: Float32Array.from(latent), frames: [frame(latent[0]! * 10)] });
/** A model beside which they lie. */
function keeping(text: string) {
  writeFileSync(join(folder, SIGHTS_FILE), text);
  return { folder, spec: { ...push.spec, sights: sha256(text) } };
}

test("what was kept comes back: every latent to the last bit, every picture alike", async () => {
  const back = await sightsOf(keeping(await sightsText(push, [sight(1, 1 / 3), sight(9, -0)])));
  assert.deepEqual(
    back.map(({ latent }) => latent),
    [Float32Array.of(1, 1 / 3), Float32Array.of(9, -0)],
  );
  const [picture] = back[1]!.frames;
  assert.deepEqual([picture?.camera, picture?.widthPx, picture?.heightPx], ["front", 16, 8]);
  assert.ok(picture?.rgb.every((value) => Math.abs(value - 90) <= 2));
});

test("of another encoder, not as the card names them, cut off, or not there, they are none, and nobody is kept from running", async () => {
  const text = await sightsText(push, [sight(1, 2)]);
  const model = keeping(text);
  assert.equal((await sightsOf(model)).length, 1);
  const other = { ...model.spec.files, encoder: { ...push.spec.files.encoder, sha256: "0".repeat(64) } };
  assert.deepEqual(await sightsOf({ folder, spec: { ...model.spec, files: other } }), []);
  writeFileSync(join(folder, SIGHTS_FILE), await sightsText(push, [sight(1, 3)]));
  assert.deepEqual(await sightsOf(model), [], "somebody put others in their place");
  assert.deepEqual(await sightsOf({ folder, spec: { ...model.spec, sights: undefined } }), [], "the card knows of none");
  assert.deepEqual(await sightsOf(keeping(text.slice(0, 200))), []);
  assert.deepEqual(await sightsOf({ ...push, folder: join(folder, "nowhere") }), []);
});

test("what lies beside a model and is no plain file holds nobody up: sights and curves are none", {
  skip: process.platform === "win32" ? "there are no pipes in folders" : false,
}, async () => {
  for (const name of [SIGHTS_FILE, "training.json"]) {
    rmSync(join(folder, name), { force: true });
    execFileSync("mkfifo", [join(folder, name)]);
  }
  assert.deepEqual([await sightsOf({ ...push, folder }), await curvesOf(folder)], [[], null]);
});

test("the most different are taken, however often the same was seen", () => {
  const sights = [sight(0), sight(0), sight(0.1), sight(5), sight(5), sight(-3)];
  assert.deepEqual(
    mostDifferent(sights, 3).map(({ latent }) => latent[0]),
    [0, 5, -3],
  );
  assert.equal(mostDifferent(sights, 99).length, sights.length);
});

for (const place of [
  ...["panda/world-models/pick-place", "panda/world-models/push", "panda/world-models/reach"],
  ...["ur5e/world-models/reach", "so101/world-models/push", "so101/world-models/reach"],
])
  test(`${place} is shipped with sights of its own encoder, small and of every camera`, async () => {
    const model = await loadModelPackage(`robots/${place}`);
    const sights = await sightsOf(model);
    assert.equal(sights.length, SIGHTS_MAX);
    assert.ok(statSync(join(model.folder, SIGHTS_FILE)).size < 500_000);
    for (const { latent, frames } of sights) {
      assert.equal(latent.length, model.spec.latentDim);
      assert.deepEqual(
        frames.map(({ camera }) => camera),
        model.spec.cameras.map(({ name: camera }) => camera),
      );
    }
  });
