/** The same play as it looked in other worlds, for an encoder that has to foresee the one from the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { type Dataset, openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { fedEncoder } from "../../../runtime/learn/encoder-data.ts";
import { HORIZON } from "../../../runtime/learn/encoder-training.ts";
import { playData } from "../../../runtime/learn/play-data.ts";
import { joined } from "../../../runtime/learn/rehearsal.ts";
import { openRetake, type Retake } from "../../../runtime/learn/retake.ts";
import { encoderRecipe } from "../../../runtime/learn/train.ts";
import { TINY_META, TINY_RETAKE, tinyDataset } from "../../helpers/tiny-dataset.ts";

const ROWS = 300;
const WINDOWS = 80;

/** Of the pictures of a step's windows, which are of the retake: first and others. */
function takesOf(dataset: Dataset, retake: Retake | null): readonly (readonly boolean[])[] {
  const { frames } = fedEncoder(playData(dataset, 1), { ...encoderRecipe("object"), windows: WINDOWS }, retake).batch(createRng(4));
  const pixels = frames!.data as Uint8Array;
  const size = 32 * 32 * 3;
  const isBlue = (frame: number): boolean => {
    for (let i = frame * size; i < (frame + 1) * size; i += 3) if (pixels[i + 2]! > pixels[i]! + 60) return true;
    return false;
  };
  return Array.from({ length: WINDOWS }, (_, window) =>
    Array.from({ length: HORIZON + 1 }, (__, row) => isBlue(window * (HORIZON + 1) + row)),
  );
}

test("what a window begins with and what follows are each of one take, and all four mixtures come", () => {
  using take = openDataset(tinyDataset(ROWS));
  using retake = openRetake(tinyDataset(ROWS, 300, TINY_RETAKE), take);
  const windows = takesOf(take, retake);
  for (const [, ...rest] of windows) assert.equal(new Set(rest).size, 1, "what follows is of one take");
  assert.equal(new Set(windows.map(([first, second]) => `${first} ${second}`)).size, 4);
});

test("without one all pictures are those of the data, and the windows are the same", () => {
  using take = openDataset(tinyDataset(ROWS));
  assert.ok(takesOf(take, null).every((window) => window.every((isRetake) => !isRetake)));
});

test("of what is rehearsed there is one take alone", () => {
  using take = openDataset(tinyDataset(ROWS));
  using both = joined(openDataset(tinyDataset(ROWS)), openDataset(tinyDataset(ROWS)), 0.99);
  using retake = openRetake(tinyDataset(ROWS, 300, TINY_RETAKE), both);
  const share = (dataset: Dataset): number => takesOf(dataset, retake).filter(([first]) => first).length / WINDOWS;
  assert.ok(share(take) > 0.3, `${share(take)}`);
  assert.ok(share(both) < 0.1, `${share(both)}`);
});

test("other rows are refused with what to do", () => {
  using take = openDataset(tinyDataset(ROWS));
  const refused = (folder: string): void =>
    assert.throws(() => openRetake(folder, take), {
      code: "data.mismatch",
      message: `${folder}: its rows are not those of ${take.folder}; collect both by the same command with backend.vary, the second with another backend.vary.take`,
    });
  refused(tinyDataset(ROWS - 25));
  refused(tinyDataset(ROWS, 300, { ...TINY_META, columns: TINY_META.columns.filter((name) => !name.startsWith("object")) }));
});
