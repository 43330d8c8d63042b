/** Cameras by a real ffmpeg: pictures of the model's size, cut from the middle; one that fails is named, started again, and given up after a few times. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { firstValueFrom, take, toArray } from "rxjs";
import sharp from "sharp";
import { openCameras, untilSeen } from "../../runtime/bridge/camera/open-cameras.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { AgentError } from "../../runtime/core/errors.ts";
import type { CameraSpec, Frame } from "../../runtime/core/sensing.ts";

const clock = new SystemClock();
const skip = spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg";
const camera: CameraSpec = { name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.8, positionM: [1, 0, 1], targetM: [0, 0, 0] };
const opened = (device: string, kind: "camera" | "stream" | "lavfi", latencyMs = 0) =>
  openCameras([{ camera, source: { device, kind, widthPx: 640, heightPx: 480, rateHz: 30 }, latencyMs }], clock);

test("a wide picture is cut in its middle and averaged down to the model's size, stamped before it came", { skip }, async () => {
  // Blue at both sides, red in the middle third and more.
  const graph = "color=blue:size=640x360:rate=30,drawbox=x=140:y=0:w=360:h=360:color=red:t=fill";
  const samples = await firstValueFrom(opened(graph, "lavfi", 30).samples.pipe(take(3), toArray()));
  const frames = samples.flatMap((sample) => (sample.kind === "frame" ? [sample.frame] : []));
  for (const { camera: name, rgb, widthPx, heightPx, stampNs, receivedNs } of frames as Frame[]) {
    assert.deepEqual([name, widthPx, heightPx, rgb.length], ["front", 64, 64, 64 * 64 * 3]);
    assert.equal(receivedNs - stampNs, 30_000_000n);
    for (let pixel = 0; pixel < 64 * 64; pixel++)
      assert.ok(rgb[3 * pixel]! > 200 && rgb[3 * pixel + 2]! < 60, `pixel ${pixel}: ${rgb.slice(3 * pixel, 3 * pixel + 3)}`);
  }
});

test("two cameras are opened one after another, and whoever waits for both then gets pictures of both at once", { skip }, async () => {
  const source = { device: "color=red:size=64x64:rate=20", kind: "lavfi", widthPx: 64, heightPx: 64, rateHz: 20 } as const;
  const cameras = openCameras(
    ["front", "side"].map((name) => ({ camera: { ...camera, name }, source, latencyMs: 0 })),
    clock,
  );
  const seen = new Set<string>();
  const looking = cameras.samples.subscribe((sample) => sample.kind === "frame" && seen.add(sample.frame.camera));
  await untilSeen(cameras, 2, clock);
  assert.deepEqual([...seen], ["front", "side"]);
  const next = await firstValueFrom(cameras.samples.pipe(take(8), toArray()));
  const names = next.map((sample) => (sample.kind === "frame" ? sample.frame.camera : ""));
  assert.deepEqual([...new Set(names)].sort(), ["front", "side"], "opened anew for whoever comes later");
  looking.unsubscribe();
});

test("whoever waits for a camera that gives nothing is let go when it says what ails it", { skip }, async () => {
  const cameras = opened("/dev/video-that-is-not-there", "camera");
  const looking = cameras.samples.subscribe();
  await untilSeen(cameras, 1, clock);
  looking.unsubscribe();
});

test("a camera that is not there is started again five times, each told, and then given up with what is there", { skip }, async () => {
  const cameras = opened("/dev/video-that-is-not-there", "camera");
  const faults: AgentError[] = [];
  const given = new Promise<void>((resolve) => {
    cameras.faults.subscribe((fault) => {
      faults.push(fault);
      if (fault.code === "bridge.failed") resolve();
    });
  });
  cameras.samples.subscribe(() => assert.fail("a picture of nothing"));
  await given;
  assert.equal(faults.length, 6);
  assert.match(
    faults[0]!.message,
    /^camera "front" \(\/dev\/video-that-is-not-there\): its ffmpeg ended \(.*No such file.*\); it is started again, 1 of 5$/,
  );
  assert.match(faults[5]!.message, /started 5 times again in vain; (cameras here|no camera is in)/);
});

test("without ffmpeg the camera is named and what to install, once", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "";
  try {
    const cameras = opened("color=red:size=64x64", "lavfi");
    const told = firstValueFrom(cameras.faults);
    const looking = cameras.samples.subscribe(() => assert.fail("a picture of nothing"));
    const { code, message } = await told;
    assert.equal(code, "bridge.missing");
    assert.match(message, /^camera "front": ffmpeg cannot be started \(.*ENOENT.*\); install it \(apt-get install ffmpeg\)$/);
    looking.unsubscribe();
  } finally {
    process.env["PATH"] = path;
  }
});

test("a stream that breaks off is opened again, and its pictures go on", { skip }, async () => {
  const jpeg = await sharp({ create: { width: 128, height: 128, channels: 3, background: "lime" } })
    .jpeg()
    .toBuffer();
  let visits = 0;
  let plug: Socket | null = null;
  const server = createServer((socket) => {
    visits++;
    socket.on("error", () => socket.destroy());
    const stop = clock.every(50, () => void socket.write(jpeg));
    socket.once("close", stop);
    plug ??= socket;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const cameras = opened(`tcp://127.0.0.1:${port}`, "stream");
  const faults: AgentError[] = [];
  cameras.faults.subscribe((fault) => faults.push(fault));
  let [seenBefore, seenAfter] = [0, 0];
  await new Promise<void>((resolve) => {
    const seeing = cameras.samples.subscribe(() => {
      if (visits === 1 && ++seenBefore === 3) plug?.destroy(); // Somebody pulls it.
      if (visits < 2 || ++seenAfter < 3) return;
      seeing.unsubscribe();
      resolve();
    });
  });
  server.close();
  assert.ok(faults.length >= 1 && faults.every(({ code }) => code === "sense.stale"));
});

test("a camera that tells its last picture for ever is started again once the arm has moved, and not while it stands", {
  skip,
}, async () => {
  const jpeg = await sharp({ create: { width: 128, height: 128, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    const stop = clock.every(50, () => void socket.write(jpeg));
    socket.once("close", stop);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const cameras = opened(`tcp://127.0.0.1:${port}`, "stream");
  const restarted = firstValueFrom(cameras.faults);
  let isRestarted = false;
  void restarted.then(() => (isRestarted = true));
  cameras.felt(Float64Array.from([0, 0]));
  const seeing = cameras.samples.subscribe();
  await firstValueFrom(cameras.samples);
  await clock.sleep(3000);
  assert.equal(isRestarted, false, "a still scene is no frozen camera");
  cameras.felt(Float64Array.from([0, 0.1]));
  assert.match((await restarted).message, /the same picture for \d+ ms while a joint moved 0\.10 rad; it is started again, 1 of 5/);
  seeing.unsubscribe();
  server.close();
});
