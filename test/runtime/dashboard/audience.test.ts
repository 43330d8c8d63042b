import assert from "node:assert/strict";
import { test } from "node:test";
import { BACKLOG_BYTES_MAX, createAudience, VIEWERS_MAX, type ViewerSocket } from "../../../runtime/dashboard/audience.ts";
import type { PageMessage } from "../../../runtime/dashboard/messages.ts";
import { pageFacts } from "../../helpers/page-facts.ts";

const { scene: _, ...facts } = pageFacts;
const hello = (): PageMessage => ({ type: "hello", ...facts, history: [] });
const joints = (at: number) => ({ type: "joints", positionRad: [at], velocityRadPerS: [0], gripper: null }) as const;

/** A socket whose reader takes what it gets only when it is told to. */
function reader() {
  const got: string[] = [];
  const pending: (() => void)[] = [];
  const closed: number[] = [];
  const socket = {
    bufferedAmount: 0,
    send(text: string, sent: () => void) {
      got.push(text);
      pending.push(sent);
    },
    close: (code: number) => void closed.push(code),
    on: () => {},
  };
  return { socket: socket as typeof socket & ViewerSocket, got, closed, take: () => pending.shift()?.() };
}

test("what nobody looks at is never made", () => {
  const audience = createAudience(hello);
  audience.tell("joints", () => assert.fail("made for nobody"));
  audience.tell("joints", () => joints(1));
});

test("a message is made once, however many look", () => {
  const audience = createAudience(hello);
  for (const { socket } of [reader(), reader(), reader()]) audience.join(socket);
  let made = 0;
  audience.tell("joints", () => {
    made++;
    return joints(1);
  });
  assert.equal(made, 1);
});

test("who reads too slowly misses what came between, and gets the newest when there is room again", () => {
  const audience = createAudience(hello);
  const slow = reader();
  audience.join(slow.socket);
  slow.socket.bufferedAmount = BACKLOG_BYTES_MAX;
  for (const at of [1, 2, 3]) audience.tell("joints", () => joints(at));
  assert.equal(slow.got.length, 1, "the hello only");
  slow.socket.bufferedAmount = 0;
  slow.take();
  assert.deepEqual(
    slow.got.slice(1).map((text) => JSON.parse(text).positionRad),
    [[3]],
  );
});

test("no more than so many look at once; the next is told so", () => {
  const audience = createAudience(hello);
  for (let i = 0; i < VIEWERS_MAX; i++) audience.join(reader().socket);
  const late = reader();
  audience.join(late.socket);
  assert.deepEqual([late.closed, late.got.length, audience.viewerCount], [[1013], 0, VIEWERS_MAX]);
});
