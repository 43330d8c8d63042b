/** The thread that draws what a simulated arm's cameras see: each time it is told how the world stands, the picture of the next camera goes to whoever reads that one's stream. */
import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import sharp from "sharp";
import { invariant } from "../../runtime/core/errors.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createRenderer } from "../camera/renderer.ts";
import { World } from "../world.ts";
import type { PictureSetup } from "./picture-streams.ts";

interface Stream {
  readonly camera: CameraSpec;
  readonly readers: ReadonlySet<Socket>;
}

/** As a webcam's pictures are larger than a model's. */
const ENLARGED = 2;
const QUALITY = 95;
/** Unread bytes of a reader; what comes meanwhile is left out. */
const BACKLOG_BYTES_MAX = 256 * 1024;

invariant(parentPort, "picture-worker runs in a worker thread");
const parent = parentPort;
const { robot, scene, cameras, port } = workerData as PictureSetup;
const world = await World.create(robot, scene);
const renderer = createRenderer(world.model, { supersample: 1 });
const streams = await Promise.all(cameras.map((camera, index) => listen(enlarged(camera), port + index)));
let turn = 0;
/** Where nothing was drawn of it yet. */
let newest: Float64Array | null = null;

parent.on("message", (stands: Float64Array) => {
  if (newest === null) setImmediate(draw); // What is told meanwhile takes its place: a thread that is held up leaves pictures out.
  newest = stands;
});
parent.postMessage("ready");

function draw(): void {
  const stands = newest;
  newest = null;
  const { camera, readers } = streams[turn++ % streams.length]!;
  if (stands === null || readers.size === 0) return;
  world.stand(stands);
  void show(camera, renderer.render(world.data, camera), readers);
}

async function show({ widthPx: width, heightPx: height }: CameraSpec, rgb: Uint8Array, readers: Stream["readers"]): Promise<void> {
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
  for (const reader of readers) if (reader.writableLength < BACKLOG_BYTES_MAX) reader.write(jpeg);
}

function enlarged(camera: CameraSpec): CameraSpec {
  return { ...camera, widthPx: ENLARGED * camera.widthPx, heightPx: ENLARGED * camera.heightPx };
}

function listen(camera: CameraSpec, at: number): Promise<Stream> {
  const readers = new Set<Socket>();
  const server = createServer((socket) => {
    readers.add(socket);
    socket.on("error", () => socket.destroy()); // Whoever leaves resets its connection.
    socket.once("close", () => readers.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at, "127.0.0.1", () => resolve({ camera, readers }));
  });
}
