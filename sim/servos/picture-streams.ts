/** What a simulated arm's cameras see, as streams of motion JPEG that the path of real cameras opens: a TCP port of this machine for each. They are drawn in a thread of their own, so that servos are not kept waiting. */
import { once } from "node:events";
import type { Clock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { startWorker } from "../../runtime/core/start-worker.ts";
import type { World } from "../world.ts";

/** What the thread is made with; plain data. */
export interface PictureSetup {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  /** The first camera's; the others' follow. */
  readonly port: number;
}

export interface PictureStreams extends AsyncDisposable {
  /** In the cameras' order. */
  readonly urls: readonly string[];
}

const RATE_HZ = 20;

/** Resolves when they can be opened. `world` is of the setup's robot and scene. Throws the system's error where a port is taken. */
export async function streamPictures(world: World, setup: PictureSetup, clock: Clock): Promise<PictureStreams> {
  const { cameras, port } = setup;
  const thread = startWorker("./picture-worker.ts", import.meta.url, { workerData: setup });
  await once(thread, "message"); // That it is ready, or the error that `once` rejects with.
  // One camera a beat.
  const stop = clock.every(1e3 / (RATE_HZ * cameras.length), () => thread.postMessage(world.stands()));
  return {
    urls: cameras.map((_, index) => `tcp://127.0.0.1:${port + index}`),
    async [Symbol.asyncDispose]() {
      stop();
      await thread.terminate();
    },
  };
}
