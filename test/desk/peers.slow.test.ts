/** The virtual arm is taken for a real one by drivers that are not ours, over a real serial port of this machine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startArm } from "./arm-process.ts";
import { runPeer, SDKS, sdkRoot } from "./peers.ts";

const ATTEMPTS_MAX = 3;

for (const sdk of SDKS)
  test(`${sdk} pings, reads, writes, unlocks EEPROM, and moves one joint of the virtual arm`, {
    skip: sdkRoot.missing,
  }, async (context) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await drives(sdk);
      } catch (error) {
        // An SDK waits 34 to 50 ms for an answer: a machine that keeps the arm's process from running for longer says nothing of the arm.
        if (attempt === ATTEMPTS_MAX) throw error;
        context.diagnostic(`attempt ${attempt}, once more: ${error instanceof Error ? error.message.trim().split("\n").at(-1) : error}`);
      }
    }
  });

async function drives(sdk: (typeof SDKS)[number]): Promise<void> {
  await using arm = await startArm();
  const lines = runPeer("sdk_drives.py", sdk, arm.port).trim().split("\n");
  const found = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object));
  assert.deepEqual(found.models, [777, 777, 777, 777, 777, 777]);
  assert.equal(found.nobody, -6); // COMM_RX_TIMEOUT
  assert.ok(found.voltage >= 70 && found.voltage <= 74, `${found.voltage}`);
  assert.deepEqual(found.gain, [16, 20]);
  const [first, ...others] = found.moved as number[];
  assert.ok(Math.abs(first! - 150) <= 3, `${first} steps`);
  assert.ok(
    others.every((steps) => Math.abs(steps) <= 8),
    `${others}`,
  );
}
