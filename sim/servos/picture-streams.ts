/** What a simulated arm's cameras see, as streams of motion JPEG that the path of real cameras opens: a TCP port of this machine for each. */
import { createServer, type Server, type Socket } from "node:net";
import sharp from "sharp";
import type { Clock } from "../../runtime/core/clock.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createRenderer } from "../camera/renderer.ts";
import type { World } from "../world.ts";

export interface PictureStreams extends AsyncDisposable {
  /** In the cameras' order. */
  readonly urls: readonly string[];
}

const RATE_HZ = 20;
/** As a webcam's are larger than a model's. */
const ENLARGED = 2;
const QUALITY = 95;
/** Unread bytes of a reader; what comes meanwhile is left out. */
const BACKLOG_BYTES_MAX = 256 * 1024;

/** Resolves when they can be opened, from `port` on. Throws the system's error where a port is taken. */
export async function streamPictures(world: World, cameras: readonly CameraSpec[], port: number, clock: Clock): Promise<PictureStreams> {
  const renderer = createRenderer(world.model, { supersample: 1 });
  const streams = await Promise.all(cameras.map((camera, index) => listen(enlarged(camera), port + index)));
  const show = async (
    { camera: { widthPx: width, heightPx: height }, rgb }: { camera: CameraSpec; rgb: Uint8Array },
    readers: ReadonlySet<Socket>,
  ) => {
    const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: QUALITY })
      .toBuffer();
    for (const reader of readers) if (reader.writableLength < BACKLOG_BYTES_MAX) reader.write(jpeg);
  };
  let turn = 0;
  // One camera a beat, so that the servos are not kept waiting for both.
  const stop = clock.every(1e3 / (RATE_HZ * cameras.length), () => {
    const { camera, readers } = streams[turn++ % streams.length]!;
    if (readers.size > 0) void show({ camera, rgb: renderer.render(world.data, camera) }, readers);
  });
  return {
    urls: cameras.map((_, index) => `tcp://127.0.0.1:${port + index}`),
    async [Symbol.asyncDispose]() {
      stop();
      for (const { server, readers } of streams) {
        for (const reader of readers) reader.destroy();
        server.close();
      }
    },
  };
}

const enlarged = (camera: CameraSpec): CameraSpec => ({
  ...camera,
  widthPx: ENLARGED * camera.widthPx,
  heightPx: ENLARGED * camera.heightPx,
});

function listen(
  camera: CameraSpec,
  port: number,
): Promise<{ readonly camera: CameraSpec; readonly server: Server; readonly readers: Set<Socket> }> {
  const readers = new Set<Socket>();
  const server = createServer((socket) => {
    readers.add(socket);
    socket.on("error", () => socket.destroy()); // Whoever leaves resets its connection.
    socket.once("close", () => readers.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({ camera, server, readers }));
  });
}
