/** Discovery datagrams against bytes that protoc made, and against what strangers may send. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Announcement,
  type Decoded,
  decodeAnnouncement,
  encodeAnnouncement,
} from "../../../../runtime/bridge/gazebo/discovery-codec.ts";
import { loadCodec } from "../../../../runtime/bridge/gazebo/messages.ts";

const codec = await loadCodec();
const encode = (announcement: Announcement): string => Buffer.from(encodeAnnouncement(codec, announcement)).toString("hex");
const decode = (hex: string): Decoded => decodeAnnouncement(codec, Uint8Array.from(Buffer.from(hex, "hex")));
const withLength = (body: string): string => {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length / 2);
  return length.toString("hex") + body;
};

const clock = { kind: "topic", name: "@/lab@/clock", address: "tcp://127.0.0.1:4000", type: "ignition.msgs.Clock" } as const;
const control = {
  kind: "service",
  name: "@/lab@/control",
  address: "tcp://127.0.0.1:4001",
  processUuid: "p",
  nodeUuid: "n",
  socketId: "s",
  requestType: "ignition.msgs.WorldControl",
  responseType: "ignition.msgs.Boolean",
} as const;
const processUuid = "00000000-0000-4000-8000-000000000001";

const VECTORS: readonly (readonly [string, Announcement, string])[] = [
  [
    "a heartbeat",
    { kind: "heartbeat", processUuid },
    "2a00100a1a2430303030303030302d303030302d343030302d383030302d3030303030303030303030312004",
  ],
  ["a wish", { kind: "subscribe", processUuid: "p", name: clock.name }, withLength("100a1a01702002320e0a0c402f6c6162402f636c6f636b")],
  [
    "a publisher",
    { kind: "advertise", processUuid: "p", advert: { ...clock, processUuid: "p", nodeUuid: "n", addressee: "" } },
    withLength(
      "100a1a017020013a430a0c402f6c6162402f636c6f636b12147463703a2f2f3132372e302e302e313a343030301a017022016e28023215121369676e6974696f6e2e6d7367732e436c6f636b",
    ),
  ],
  [
    "a service",
    { kind: "advertise", processUuid: "p", advert: control },
    withLength(
      "100a1a017020013a660a0e402f6c6162402f636f6e74726f6c12147463703a2f2f3132372e302e302e313a343030311a017022016e28023a360a0173121a69676e6974696f6e2e6d7367732e576f726c64436f6e74726f6c1a1569676e6974696f6e2e6d7367732e426f6f6c65616e",
    ),
  ],
  [
    "a new connection, which names the publisher's process as its addressee",
    { kind: "new-connection", processUuid: "q", advert: { ...clock, processUuid: "q", nodeUuid: "m", addressee: "p" } },
    withLength(
      "100a1a017120063a460a0c402f6c6162402f636c6f636b12147463703a2f2f3132372e302e302e313a343030301a017122016d280232180a0170121369676e6974696f6e2e6d7367732e436c6f636b",
    ),
  ],
];

for (const [what, announcement, bytes] of VECTORS) {
  test(`${what} has the bytes that protoc gives it, and is read back from them`, () => {
    assert.equal(encode(announcement), bytes);
    assert.deepEqual(decode(bytes), { kind: "announcement", announcement });
  });
}

test("a datagram whose length field lies is garbage", () => {
  assert.deepEqual(decode("0500100a"), { kind: "garbage", why: "length field says 5 bytes, 2 follow" });
  assert.deepEqual(decode("05"), { kind: "garbage", why: "1 bytes are no discovery message" });
});

test("a process with another wire version is told apart before anything else of it is read", () => {
  assert.deepEqual(decode(withLength("106e1a01702004")), { kind: "version", version: 110, processUuid: "p" });
});

test("what a relay re-sent is told apart", () => {
  assert.deepEqual(decode(withLength("100a1a017020042a020801")), { kind: "relayed" });
  assert.deepEqual(decode(withLength("100a1a017020042a021001")), { kind: "relayed" });
});

test("types that later releases may add, and messages without a sender, are garbage", () => {
  assert.deepEqual(decode(withLength("100a1a01702014")), { kind: "garbage", why: "unknown discovery type 20" });
  assert.deepEqual(decode(withLength("100a2004")), { kind: "garbage", why: "no process uuid" });
});

test("the nearly empty publisher that Harmonic puts into heartbeats is no advert", () => {
  assert.deepEqual(decode(withLength("100a1a017020043a050a001a0170")), {
    kind: "announcement",
    announcement: { kind: "heartbeat", processUuid: "p" },
  });
});

test("a topic that is meant for its own process only is no advert", () => {
  const whole = VECTORS[2]![2].slice(4);
  const ofProcess = whole.replace("22016e2802", "22016e2800");
  assert.deepEqual(decode(withLength(ofProcess)), { kind: "announcement", announcement: { kind: "advertise", processUuid: "p" } });
});

test("random datagrams never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (body) => {
      decode(withLength(Buffer.from(body).toString("hex")));
    }),
    { numRuns: 500 },
  );
});
