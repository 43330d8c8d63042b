/** New experience joined with what a model was made of: rows and pictures of both, in balance, and figures of the new alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { playData } from "../../../runtime/learn/play-data.ts";
import { joined, openExperience } from "../../../runtime/learn/rehearsal.ts";
import { TINY_DATA_CAMERA, TINY_META, TINY_UNLABELLED, tinyDataset } from "../../helpers/tiny-dataset.ts";

const FRAME_BYTES = 32 * 32 * 3;
const FRESH = 300;
const KNOWN = 1000;
const expected = { robot: "panda", cameras: [TINY_DATA_CAMERA], axes: ["x", "y"] };

test("rows and pictures of both are there, the new ones first, in any order", () => {
  using fresh = openDataset(tinyDataset(FRESH));
  using known = openDataset(tinyDataset(KNOWN));
  const both = joined(fresh, known);
  assert.deepEqual([both.rowCount, both.freshRows], [FRESH + KNOWN, FRESH]);
  const x = both.columns(["tool.x"]);
  assert.deepEqual(x.subarray(0, FRESH), fresh.columns(["tool.x"]));
  assert.deepEqual(x.subarray(FRESH), known.columns(["tool.x"]));
  const rows = [FRESH + 7, FRESH - 1, FRESH, 3, 4, FRESH + KNOWN - 1];
  const together = new Uint8Array(rows.length * FRAME_BYTES);
  both.framesInto(rows, together);
  for (const [i, row] of rows.entries()) {
    const alone = new Uint8Array(FRAME_BYTES);
    if (row < FRESH) fresh.framesInto([row], alone);
    else known.framesInto([row - FRESH], alone);
    assert.deepEqual(together.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES), alone, `row ${row}`);
  }
});

test("as much is trained on of what is rehearsed as of what is new, no window goes from one to the other, and only the new is held out", () => {
  using both = joined(openDataset(tinyDataset(FRESH)), openDataset(tinyDataset(KNOWN)));
  const { split } = playData(both, 1);
  const trained = split.windows(4, false);
  const share = trained.filter((row) => row < FRESH).length / trained.length;
  assert.ok(Math.abs(share - 0.5) < 0.1, `${share}`);
  assert.equal(
    new Set(trained.filter((row) => row >= FRESH)).size,
    trained.filter((row) => row >= FRESH).length,
    "the many are not repeated",
  );
  assert.ok(trained.every((row) => row >= FRESH || row + 4 < FRESH));
  const held = split.windows(0, true);
  assert.ok(held.length > 0 && held.every((row) => row < FRESH));
});

test("what is new and alone is learned from as before", () => {
  using alone = openDataset(tinyDataset(FRESH));
  using both = joined(openDataset(tinyDataset(FRESH)), openDataset(tinyDataset(KNOWN)));
  assert.deepEqual(playData(alone, 1).split.windows(2, true), playData(both, 1).split.windows(2, true));
  assert.notEqual(alone.hash(), both.hash());
});

test("where the new does not say where the object is, nothing does", () => {
  using both = openExperience({ data: tinyDataset(FRESH, 300, TINY_UNLABELLED), rehearse: tinyDataset(KNOWN), expected });
  assert.equal(playData(both, 1).objectM, null);
});

test("what was collected with other actions is refused by name, value and remedy", () => {
  const other = { ...TINY_META, action: { ...TINY_META.action, scaleM: 0.02 } };
  assert.throws(() => openExperience({ data: tinyDataset(FRESH), rehearse: tinyDataset(KNOWN, 300, other), expected }), {
    code: "data.mismatch",
    message:
      /action \{"axes":\["x","y"\],"scaleM":0.02\}, .* has \{"axes":\["x","y"\],"scaleM":0.03\}; rehearse what was collected with the same/,
  });
});

const MODEL = "a".repeat(64);
const OTHER = "b".repeat(64);
/** A data set of runs that a model decided. */
const runsOf = (rows: number, model: string): string =>
  tinyDataset(rows, 300, { ...TINY_META, play: "run" }, { recording: "c".repeat(64), robot: "panda", provenance: "sim", model });

test("so much of what is trained on is of what is rehearsed as is asked for, none of either is left out", () => {
  const [fresh, known] = [tinyDataset(FRESH), tinyDataset(KNOWN)];
  using even = joined(openDataset(fresh), openDataset(known));
  const all = new Set(playData(even, 1).split.windows(4, false));
  for (const asked of [0.1, 0.9]) {
    using both = joined(openDataset(fresh), openDataset(known), asked);
    const trained = playData(both, 1).split.windows(4, false);
    const share = trained.filter((row) => row >= FRESH).length / trained.length;
    assert.ok(Math.abs(share - asked) < 0.01, `${share} for ${asked}`);
    assert.deepEqual(new Set([...trained].sort((a, b) => a - b)), new Set([...all].sort((a, b) => a - b)));
  }
});

test("data of which the model that is gone on with decided more than half are refused, with the share and the remedy", () => {
  const own = { data: runsOf(FRESH, MODEL), rehearse: null, expected };
  assert.throws(() => openExperience({ ...own, from: { modelHash: MODEL } }), {
    code: "data.mismatch",
    message:
      /100 % of what would be learned was decided by the model that is gone on with \(a{12}\), at most 50 % may be; rehearse play, or runs of other models/,
  });
  openExperience({ ...own, from: { modelHash: OTHER } })[Symbol.dispose]();
  openExperience(own)[Symbol.dispose]();
  const beside = { ...own, rehearse: tinyDataset(KNOWN), from: { modelHash: MODEL } };
  openExperience(beside)[Symbol.dispose]();
  assert.throws(() => openExperience({ ...beside, rehearsedShare: 0.2 }), { code: "data.mismatch", message: /^.* and .*: 80 % of what/ });
  assert.throws(() => openExperience({ ...beside, rehearse: runsOf(KNOWN, MODEL) }), { code: "data.mismatch", message: /100 %/ });
});
