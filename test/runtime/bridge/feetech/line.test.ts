/** One transaction at a time: who answers in time is heard, who answers late is counted and never taken for the next. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { INSTRUCTION, instructionFrame, statusFrame } from "../../../../runtime/bridge/feetech/frames.ts";
import { createLine } from "../../../../runtime/bridge/feetech/line.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { memoryPorts } from "../../../helpers/memory-port.ts";

const read = (id: number, dataBytes: number) => ({
  frame: instructionFrame(id, INSTRUCTION.read, [56, dataBytes]),
  ids: [id],
  dataBytes,
  quietMs: 3,
});

test("an answer that comes when nobody waits any more is counted and thrown away, never taken for the next one", async () => {
  const clock = new ManualClock();
  const [port, servo] = memoryPorts();
  const line = createLine(port, clock);
  const first = line.exchange(read(1, 2));
  await setImmediate();
  clock.advance(4);
  assert.equal((await first).size, 0);
  servo.write(statusFrame(1, 0, [1, 1]));
  await setImmediate();
  const second = line.exchange(read(1, 2));
  await setImmediate();
  servo.write(statusFrame(1, 0, [2, 2]));
  assert.deepEqual([...(await second).get(1)!.data], [2, 2]);
  assert.deepEqual(line.counts.byId.get(1), { asked: 2, lost: 1, late: 1 });
});

test("an answer of another servo, or of another length, is none", async () => {
  const clock = new ManualClock();
  const [port, servo] = memoryPorts();
  const line = createLine(port, clock);
  const asked = line.exchange(read(2, 2));
  await setImmediate();
  servo.write(statusFrame(3, 0, [9, 9]));
  servo.write(statusFrame(2, 0, [9]));
  servo.write(statusFrame(2, 0, [5, 6]));
  assert.deepEqual([...(await asked).get(2)!.data], [5, 6]);
});

test("a line on which bytes trickle for ever ends its transaction all the same", async () => {
  const clock = new ManualClock();
  const [port, servo] = memoryPorts();
  const line = createLine(port, clock);
  const asked = line.exchange(read(4, 2));
  for (let ms = 0; ms < 14; ms++) {
    await setImmediate();
    servo.write(Uint8Array.of(0x55));
    clock.advance(1);
  }
  await setImmediate();
  assert.equal((await asked).size, 0);
});

test("a process that was held up past the deadline listens once more, and no longer: what came meanwhile is not lost", async () => {
  const clock = new ManualClock();
  const [port, servo] = memoryPorts();
  const line = createLine(port, clock);
  const asked = line.exchange(read(5, 2));
  await setImmediate();
  clock.advance(40);
  await setImmediate();
  servo.write(statusFrame(5, 0, [7, 8]));
  assert.deepEqual([...(await asked).get(5)!.data], [7, 8]);
  const silent = line.exchange(read(5, 2));
  await setImmediate();
  clock.advance(40);
  await setImmediate();
  clock.advance(40);
  assert.equal((await silent).size, 0);
});
