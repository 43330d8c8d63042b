/** The meter of MQTT packets: it sees the length of each however the stream is cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPacketMeter } from "../../../../runtime/bridge/mqtt/packet-meter.ts";

/** A packet with a body of this length, as MQTT 3.1.1 section 2.2 writes it. */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let left = bodyBytes;
  do {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 0x80 : digit);
  } while (left > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

const cutInto = (stream: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(stream.length / size) }, (_, i) => stream.subarray(i * size, (i + 1) * size));

test("packets up to the bound pass and the first above it does not, however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(300), fc.nat(20_000)), { maxLength: 6 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 16_384 }),
      (bodies, size, bytesMax) => {
        const meter = createPacketMeter(bytesMax);
        const verdicts = cutInto(Buffer.concat(bodies.map(packet)), size).map((chunk) => meter(chunk));
        assert.equal(
          verdicts.every((isSmall) => isSmall),
          bodies.every((bytes) => bytes <= bytesMax),
        );
      },
    ),
  );
});

test("a length of more than four bytes is no packet", () => {
  assert.equal(createPacketMeter(1e9)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])), false);
});

test("a large packet is refused at its first bytes, before its body comes", () => {
  assert.equal(createPacketMeter(1000)(packet(2_000_000).subarray(0, 5)), false);
});
