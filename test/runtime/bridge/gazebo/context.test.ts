/** Reading a socket: a message is handed over even when its wake-up was taken in by another call on the same socket. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as zmq from "zeromq";
import { messagesOf } from "../../../../runtime/bridge/gazebo/context.ts";
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";

const clock = new SystemClock();
const SPIN_MS = 50;

test("a message whose wake-up another call took in is read all the same", async () => {
  const context = new zmq.Context({ blocky: false });
  const publisher = new zmq.Publisher({ context, linger: 0 });
  await publisher.bind("tcp://127.0.0.1:*");
  const subscriber = new zmq.Subscriber({ context, linger: 0 });
  subscriber.connect(publisher.lastEndpoint!);
  subscriber.subscribe("");
  const heard: string[] = [];
  const read = (async () => {
    for await (const [frame] of messagesOf(subscriber)) {
      heard.push(frame!.toString());
      if (heard.at(-1) === "last") return;
    }
  })();
  while (heard.length === 0) {
    await publisher.send("first"); // Until the subscription has arrived there.
    await clock.sleep(5);
  }
  await publisher.send("last");
  // Asking what is there takes the edge in as `connect` does; the event loop does not turn meanwhile, so the reader is not told.
  const fromNs = clock.nowNs();
  while (nsToMs(clock.nowNs() - fromNs) < SPIN_MS) void subscriber.readable;
  await read;
  assert.equal(heard.at(-1), "last");
  subscriber.close();
  publisher.close();
});
