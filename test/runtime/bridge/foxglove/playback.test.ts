/** Playback control is the bytes of Foxglove's own SDK: those below were exchanged with a server of foxglove-sdk 0.30.3 for Python, which understood the request and gave that answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { playbackStateBytes, readPlaybackRequest, withRange } from "../../../../runtime/bridge/foxglove/playback.ts";
import { playbackRequest } from "../../../helpers/playback-request.ts";

const REQUEST = "03000000c03f0115cd5b070000000007000000736f6d652d6964";
const ANSWER = "050015cd5b07000000000000c03f0107000000736f6d652d6964";
const GREETING = '{"op":"serverInfo","capabilities":["time","playbackControl"],"sessionId":"1795976876359"}';
const GREETING_WITH_RANGE = `${GREETING.slice(0, -1)},"dataStartTime":{"sec":1,"nsec":0},"dataEndTime":{"sec":3,"nsec":0}}`;

test("requests, states and the range of a greeting are the SDK's, byte for byte", () => {
  assert.equal(playbackRequest(true, 1.5, 123_456_789n, "some-id").toString("hex"), REQUEST);
  const request = readPlaybackRequest(Buffer.from(REQUEST, "hex"));
  assert.deepEqual(request, { isPlaying: true, rate: 1.5, seekNs: 123_456_789n, id: "some-id" });
  const state = { status: "playing", atNs: 123_456_789n, rate: 1.5, hasSought: true, id: "some-id" } as const;
  assert.equal(Buffer.from(playbackStateBytes(state)).toString("hex"), ANSWER);
  assert.equal(withRange(GREETING, { startNs: 1_000_000_000n, endNs: 3_000_000_000n }), GREETING_WITH_RANGE);
  assert.equal(withRange('{"op":"advertise"}', { startNs: 1n, endNs: 2n }), '{"op":"advertise"}');
});

test("whatever bytes come as a request, it is read or refused in words", () => {
  const good = playbackRequest(false, 2, null, "x");
  assert.deepEqual(readPlaybackRequest(good), { isPlaying: false, rate: 2, seekNs: null, id: "x" });
  for (const [bytes, why] of [
    [good.subarray(0, 12), /cut off/],
    [playbackRequest(true, Number.NaN, null, "x"), /rate must be 0\.01 to 100, it is NaN/],
    [playbackRequest(true, -1, null, "x"), /rate must be/],
    [good.subarray(0, 19), /id is cut off/],
    [playbackRequest(true, 1, null, "x".repeat(300)), /too long/],
    [Buffer.concat([Buffer.of(3, 7), good.subarray(2)]), /played \(0\) or paused \(1\), not 7/],
  ] as const)
    assert.match(String(readPlaybackRequest(bytes)), why);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const read = readPlaybackRequest(bytes);
      assert.ok(typeof read === "string" || (read.rate >= 0.01 && read.rate <= 100));
    }),
  );
});
