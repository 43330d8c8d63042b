/** What a fleet's page sees of an arm: one small picture, now and then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { messageSchemas } from "../../../../runtime/bridge/mqtt/messages.ts";
import { openFakeBridge } from "../../../helpers/mqtt-fakes.ts";
import { until } from "../../../helpers/until.ts";

test("what the first camera sees is told small, as often as asked, and a picture that is none is left out", async () => {
  const { bridge, broker, clock } = await openFakeBridge({ thumbnailMs: 1000 });
  const frame = (camera: string, widthPx: number, bytes = widthPx * 100 * 3) =>
    ({ kind: "frame", frame: { camera, widthPx, heightPx: 100, rgb: new Uint8Array(bytes), stampNs: 7n, receivedNs: 8n } }) as const;
  const told = () => broker.heard("thumbnail");
  bridge.sample?.(frame("top", 320));
  bridge.sample?.(frame("side", 320));
  clock.advance(1000);
  await until("the first", () => told().length === 1);
  const [first] = told();
  assert.deepEqual([first.camera, first.widthPx, first.heightPx, first.stampNs], ["top", 160, 50, "7"]);
  assert.ok(messageSchemas.thumbnail.safeParse(first).success);
  assert.deepEqual([...Buffer.from(first.jpegBase64, "base64").subarray(0, 2)], [0xff, 0xd8]);
  clock.advance(1000); // Nothing new was seen.
  bridge.sample?.(frame("top", 320, 10));
  clock.advance(1000);
  bridge.sample?.(frame("top", 100));
  await until("the next", () => {
    clock.advance(1000);
    bridge.sample?.(frame("top", 100));
    return told().length > 1;
  });
  assert.deepEqual([told()[1].widthPx, told()[1].heightPx], [100, 100]);
  await bridge[Symbol.asyncDispose]();
});
