/** A stream of pictures between two processes: every byte, how many are lost, how late they are, what it costs in memory. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LOOPBACK_NETWORK } from "../../runtime/bridge/gazebo/environment.ts";
import { openGazeboNode } from "../../runtime/bridge/gazebo/node.ts";
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { BYTES, HEIGHT_PX, pictureOf, WIDTH_PX } from "./known-pictures.ts";

const clock = new SystemClock();
const RATE_HZ = 30;
/** `FORESIGHT_PICTURE_MINUTES=10 npm run test:gazebo` measures longer. */
const COUNT = Math.round(Number(process.env["FORESIGHT_PICTURE_MINUTES"] ?? 1 / 6) * 60 * RATE_HZ);

test(`${COUNT} pictures of 640x480 at ${RATE_HZ} Hz arrive in order with every byte as it was sent`, async () => {
  const partition = `test-${randomUUID()}`;
  await using node = await openGazeboNode({ clock, partition, network: LOOPBACK_NETWORK });
  const numbers: number[] = [];
  const latenessMs: number[] = [];
  let wrongBytes = 0;
  const subscription = node.subscribe("/known", "Image", ({ header, width, height, step, data }, receivedNs) => {
    const number = Number(header?.data[0]?.value[0]);
    const sentNs = header!.stamp!.sec * 1_000_000_000n + BigInt(header!.stamp!.nsec);
    latenessMs.push(nsToMs(receivedNs - sentNs));
    numbers.push(number);
    assert.deepEqual([width, height, step, data.length], [WIDTH_PX, HEIGHT_PX, WIDTH_PX * 3, BYTES]);
    if (Buffer.compare(data, pictureOf(number)) !== 0) wrongBytes++;
  });
  const before = process.memoryUsage().rss;
  const said = await runPeer(partition);
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(latenessMs, share));
  const lost = COUNT - numbers.length;
  console.log(
    `pictures: ${said}, received ${numbers.length}, lost ${lost} (replaced by newer ones: ${subscription.droppedCount}); ` +
      `latency p50 ${p50?.toFixed(2)} p99 ${p99?.toFixed(2)} max ${max?.toFixed(1)} ms; ` +
      `memory ${(before / 1e6).toFixed(0)} -> ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
  assert.equal(said, `sent ${COUNT}`);
  assert.equal(wrongBytes, 0);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
  assert.ok(numbers.length > COUNT / 2, `${numbers.length} of ${COUNT} pictures`);
  assert.equal(numbers.at(-1), COUNT - 1, "the newest picture is never the one that is dropped");
});

/** Runs the publishing process to its end and returns what it said. */
function runPeer(partition: string): Promise<string> {
  const peer = fileURLToPath(new URL("pictures-peer.ts", import.meta.url));
  const args = ["--import", "tsx", peer, partition, String(COUNT), String(RATE_HZ)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => child.on("close", () => setImmediate(() => resolve(said.trim()))));
}
