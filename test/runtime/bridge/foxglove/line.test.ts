/** A client that reads slowly: what waits for it is bounded, what it missed is counted and told, and in the end it is let go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BEHIND_BYTES, BEHIND_MS_MAX, createLine } from "../../../../runtime/bridge/foxglove/line.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";

const MESSAGE = Uint8Array.of(1, 0, 0, 0, 0);

function open() {
  const clock = new ManualClock();
  const sent: (string | Uint8Array)[] = [];
  const ends: string[] = [];
  const socket = {
    bufferedAmount: 0,
    send: (data: string | Uint8Array) => void sent.push(data),
    close: (code: number, reason: string) => void ends.push(`${code}: ${reason}`),
    terminate: () => void ends.push("terminated"),
  };
  return { line: createLine(socket, false, clock), clock, sent, ends, socket };
}

test("messages of topics and the time are left out while it is behind, answers are not", () => {
  const { line, sent, socket } = open();
  socket.bufferedAmount = BEHIND_BYTES.messages + 1;
  line.send(MESSAGE);
  line.send(Uint8Array.of(2));
  line.send('{"op":"parameterValues"}');
  line.send(Uint8Array.of(4));
  assert.equal(line.missed, 2);
  assert.deepEqual(sent, ['{"op":"parameterValues"}', Uint8Array.of(4)]);
});

test("when it has caught up it is told how many it missed, at most once a second, and hears the next message", () => {
  const { line, sent, socket, clock } = open();
  clock.advance(2000);
  for (let i = 0; i < 3; i++) {
    socket.bufferedAmount = BEHIND_BYTES.messages + 1;
    line.send(MESSAGE);
    socket.bufferedAmount = 0;
    line.send(MESSAGE);
  }
  const told = sent.filter((data) => typeof data === "string").map((text) => JSON.parse(text));
  assert.deepEqual(
    told.map(({ op, level, id }) => [op, level, id]),
    [["status", 1, "missed"]],
  );
  assert.match(told[0].message, /^1 messages were left out/);
  assert.deepEqual([line.missed, sent.length], [3, 4]);
  clock.advance(1001);
  line.send(MESSAGE);
  assert.match(String(sent.at(-2)), /3 messages were left out/);
});

test("one that stays behind is told why and let go, and nothing is sent to it any more", async () => {
  const { line, sent, socket, clock, ends } = open();
  socket.bufferedAmount = BEHIND_BYTES.messages + 1;
  line.send(MESSAGE);
  clock.advance(BEHIND_MS_MAX);
  line.send(MESSAGE);
  assert.deepEqual(ends, []);
  clock.advance(1);
  line.send(MESSAGE);
  assert.match(ends[0] ?? "", /^1013: you were behind for more than 10 s/);
  assert.match(String(sent.at(-1)), /"level":2.*behind for more than 10 s/);
  line.send("more");
  line.letGo(1001, "again");
  assert.equal(sent.length, 1);
  clock.advance(1000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(ends.slice(1), ["terminated"]);
});

test("one that catches up in time is not let go", () => {
  const { line, socket, clock, ends } = open();
  for (let second = 0; second < 30; second++) {
    socket.bufferedAmount = second % 5 === 0 ? 0 : BEHIND_BYTES.messages + 1;
    line.send(MESSAGE);
    clock.advance(1000);
  }
  assert.deepEqual(ends, []);
});

test("answers that nobody reads end the line too", () => {
  const { line, socket, ends } = open();
  socket.bufferedAmount = BEHIND_BYTES.all + 1;
  line.send("an answer");
  assert.match(ends[0] ?? "", /^1013: more waits for you than is kept/);
});
