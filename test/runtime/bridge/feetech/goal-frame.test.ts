/** Goals on a wire that loses or doubles a byte: what a servo takes of them is what was said, or nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameReader, INSTRUCTION, syncReadFrame, syncWriteFrame } from "../../../../runtime/bridge/feetech/frames.ts";
import { goalBytes, goalFrame } from "../../../../runtime/bridge/feetech/goal-frame.ts";
import { createRng } from "../../../../runtime/core/rng.ts";

const IDS = [1, 2, 3, 4, 5, 6];
const next = syncReadFrame(IDS, 56, 15);

/** What a servo makes of the bytes, with the next frame right behind them. */
function taken(bytes: readonly number[]): readonly string[] {
  const writes: string[] = [];
  const reader = createFrameReader({
    onFrame: ({ kind, data }) => kind === INSTRUCTION.syncWrite && writes.push([...data].join(" ")),
    onMalformed: () => {},
  });
  reader.take(Uint8Array.from([...bytes, ...next]));
  return writes;
}

/** Every byte of the data once lost and once doubled. */
function misread(frame: Uint8Array): number {
  const said = taken([...frame]);
  const bytes = [...frame];
  return bytes
    .flatMap((byte, index) => [bytes.toSpliced(index, 1), bytes.toSpliced(index, 0, byte)].map(taken))
    .filter((writes) => writes.some((each) => !said.includes(each))).length;
}

test("a plain frame of goals is misread where a lost byte is FF, which is why goals are not sent in one", () => {
  const goals = new Map(IDS.map((id) => [id, goalBytes({ positionSteps: 2048, velocityStepsPerSMax: 1874 })]));
  goals.set(5, Uint8Array.of(0xff, 0x07, 0, 0, 82, 7));
  assert.ok(misread(syncWriteFrame(42, goals)) > 0);
});

test("whatever the goals, no single byte that is lost or doubled makes others of them, and they are what was asked for to a step", () => {
  const rng = createRng(3);
  let misreadCount = 0;
  for (let round = 0; round < 500; round++) {
    const goals = new Map(
      IDS.map((id) => {
        const positionSteps = rng.uniform() < 0.3 ? 256 * Math.floor(rng.uniform() * 16) + 255 : Math.floor(rng.uniform() * 4096);
        return [id, { positionSteps, velocityStepsPerSMax: 1 + Math.floor(rng.uniform() * 3000) }] as const;
      }),
    );
    const frame = goalFrame(goals);
    misreadCount += misread(frame);
    for (const [index, { positionSteps, velocityStepsPerSMax }] of [...goals.values()].entries()) {
      const at = 7 + 7 * index + 1;
      const told = frame[at]! | (frame[at + 1]! << 8);
      const velocity = frame[at + 4]! | (frame[at + 5]! << 8);
      assert.ok(positionSteps - told >= 0 && positionSteps - told <= 1, `${told} for ${positionSteps}`);
      assert.ok(velocity >= 1 && velocity <= velocityStepsPerSMax && velocityStepsPerSMax - velocity <= 16, `${velocity}`);
    }
  }
  assert.equal(misreadCount, 0);
});
