/** Goals on a wire that loses or doubles bytes: what a servo takes of them is what was said, or nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameReader, INSTRUCTION, syncReadFrame } from "../../../../runtime/bridge/feetech/frames.ts";
import { filled } from "../../../../runtime/bridge/feetech/goal-fill.ts";
import { goalFrame, STEPS_LOWER_MAX } from "../../../../runtime/bridge/feetech/goal-frame.ts";
import { createRng, type Rng } from "../../../../runtime/core/rng.ts";

const IDS = [1, 2, 3, 4, 5, 6];
const next = [...syncReadFrame(IDS, 56, 15)];

/** Positions, many of them with FF in them. */
const anyGoals = (rng: Rng): ReadonlyMap<number, number> =>
  new Map(IDS.map((id) => [id, rng.uniform() < 0.3 ? 256 * Math.floor(rng.uniform() * 16) + 255 : Math.floor(rng.uniform() * 4096)]));

/** What the servos write of the bytes they hear: "id at address: bytes". */
function taken(bytes: readonly number[]): readonly string[] {
  const writes: string[] = [];
  const reader = createFrameReader({
    onFrame({ kind, data: [address = 0, length = 0, ...entries] }) {
      if (kind !== INSTRUCTION.syncWrite) return;
      for (let at = 0; at + length < entries.length; at += length + 1)
        if (IDS.includes(entries[at]!)) writes.push(`${entries[at]} at ${address}: ${entries.slice(at + 1, at + 1 + length)}`);
    },
    onMalformed: () => {},
  });
  reader.take(Uint8Array.from(bytes));
  return writes;
}

/** How many of these versions of a frame are taken for other goals. */
function misread(frame: Uint8Array, versions: readonly (readonly number[])[]): number {
  const meant = taken([...frame]);
  return versions.filter((version) => taken(version).some((write) => !meant.includes(write))).length;
}

const without = (bytes: readonly number[], lost: readonly number[]): readonly number[] => bytes.filter((_, index) => !lost.includes(index));
const pairsOf = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, second) => Array.from({ length: second }, (__, first) => [first, second])).flat();
const fillOf = (frame: Uint8Array): readonly number[] => [...filled(frame).subarray(frame.length)];

test("a frame of goals with the next one right behind it is misread where a lost byte is FF, which is why something is said between", () => {
  const frame = goalFrame(new Map(IDS.map((id) => [id, id === 5 ? 0x07ff : 2048])));
  const lost = [...frame].map((_, index) => [...without([...frame], [index]), ...next]);
  assert.ok(misread(frame, lost) > 0);
});

test("whatever the goals, no single byte that is lost or doubled makes others of them, and they are what was asked for to two steps", () => {
  const rng = createRng(3);
  for (let round = 0; round < 500; round++) {
    const goals = anyGoals(rng);
    const frame = goalFrame(goals);
    const said = [...filled(frame)];
    const changed = said.flatMap((byte, index) => [said.toSpliced(index, 1), said.toSpliced(index, 0, byte)]);
    assert.equal(
      misread(
        frame,
        changed.map((bytes) => [...bytes, ...next]),
      ),
      0,
    );
    for (const [index, steps] of [...goals.values()].entries()) {
      const told = frame[8 + 3 * index]! | (frame[9 + 3 * index]! << 8);
      assert.ok(steps - told >= 0 && steps - told <= STEPS_LOWER_MAX, `${told} for ${steps}`);
    }
  }
});

test("two lost bytes make other goals of a frame with the next one behind it, and none of one with its fill", (context) => {
  const rng = createRng(4);
  let [bare, behind] = [0, 0];
  for (let round = 0; round < 100; round++) {
    const frame = goalFrame(anyGoals(rng));
    const halves = pairsOf(frame.length).map((lost) => without([...frame], lost));
    bare += misread(
      frame,
      halves.map((half) => [...half, ...next]),
    );
    behind += misread(
      frame,
      halves.map((half) => [...half, ...fillOf(frame), ...next]),
    );
  }
  context.diagnostic(`of ${100 * pairsOf(goalFrame(anyGoals(rng)).length).length} pairs ${bare}, with the fill ${behind}`);
  assert.ok(bare > 20, `${bare}`);
  assert.equal(behind, 0);
});

test("of three lost bytes, too, fewer make other goals of a frame with its fill than of one without", (context) => {
  const rng = createRng(6);
  let [bare, behind] = [0, 0];
  for (let round = 0; round < 20_000; round++) {
    const frame = goalFrame(anyGoals(rng));
    const lost = Array.from({ length: 3 }, () => Math.floor(rng.uniform() * frame.length));
    const half = without([...frame], lost);
    bare += misread(frame, [[...half, ...next]]);
    behind += misread(frame, [[...half, ...fillOf(frame), ...next]]);
  }
  context.diagnostic(`of 20000: ${bare}, with the fill ${behind}`);
  assert.ok(behind < bare / 2, `${behind} of ${bare}`);
});

test("the fill is of equal bytes that are nowhere in the frame, and no header", () => {
  const rng = createRng(5);
  for (let round = 0; round < 100; round++) {
    const frame = goalFrame(anyGoals(rng));
    const fill = fillOf(frame);
    assert.equal(new Set(fill).size, 1);
    assert.ok(!frame.includes(fill[0]!) && fill[0] !== 0xff);
  }
});
