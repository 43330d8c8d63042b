/** A camera by the system's ffmpeg, a child process that cuts and scales: the newest picture only, watched, and started again a bounded number of times. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { Observable } from "rxjs";
import { type Clock, nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { CameraSpec, Frame } from "../../core/sensing.ts";
import { type CameraSource, inputArguments, outputArguments } from "./ffmpeg-input.ts";

export interface FfmpegCameraOptions {
  /** Its size is the model's. */
  readonly camera: Pick<CameraSpec, "name" | "widthPx" | "heightPx">;
  readonly source: CameraSource;
  /** From the light to us; `check --live` and a blinked screen tell it. */
  readonly latencyMs: number;
  readonly clock: Clock;
  /** Where the arm's joints stand, shape (jointCount); null where nobody knows. */
  readonly positionRad: () => Float64Array | null;
  /** What went wrong and is being mended. */
  readonly onFault: (error: AgentError) => void;
}

/** No picture for so long: the camera hangs. */
const STALL_MS = 2000;
/** A camera takes a while to begin. */
const START_MS = 8000;
/** The very same picture for so long, although a joint has moved so far meanwhile: the camera tells its last one for ever. */
const FROZEN_MS = 2000;
const FROZEN_RAD = 0.05;
const RESTARTS_MAX = 5;
/** Between two tries: a USB bus needs a pause. */
const PAUSE_MS = 1000;
/** After so long without trouble the tries count anew. */
const WELL_MS = 60_000;
const LOOK_MS = 250;
const BY_ID = "/dev/v4l/by-id";

/** Pictures until the subscription ends; an error when it could not be had or mended, naming what is there. */
export function ffmpegCamera(options: FfmpegCameraOptions): Observable<Frame> {
  return new Observable((subscriber) => {
    const { camera, source, latencyMs, clock, positionRad, onFault } = options;
    const picture = new Uint8Array(3 * camera.widthPx * camera.heightPx);
    let [filled, restarts] = [0, 0];
    let child: ChildProcess | null = null;
    let startedNs = clock.nowNs();
    let heardNs: bigint | null = null;
    /** The newest picture that was another than the one before it. */
    let changed: { readonly rgb: Uint8Array; readonly atNs: bigint; readonly atRad: Float64Array | null } | null = null;
    let said = "";
    let isEnded = false;

    const take = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + picture.length - filled);
        picture.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < picture.length) continue;
        filled = 0;
        heardNs = clock.nowNs();
        const stampNs = heardNs - BigInt(Math.round(latencyMs * 1e6));
        const { name, widthPx, heightPx } = camera;
        const rgb = picture.slice();
        if (!changed || Buffer.compare(rgb, changed.rgb) !== 0) changed = { rgb, atNs: heardNs, atRad: positionRad() };
        subscriber.next({ camera: name, widthPx, heightPx, rgb, stampNs, receivedNs: heardNs });
      }
    };
    const start = (): void => {
      [filled, heardNs, changed, said, startedNs] = [0, null, null, "", clock.nowNs()];
      const args = [...inputArguments(source, process.platform), ...outputArguments(camera.widthPx, camera.heightPx)];
      const mine = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "pipe"] });
      child = mine;
      mine.stdout.on("data", (bytes: Uint8Array) => child === mine && take(bytes));
      mine.stderr.on("data", (bytes) => {
        said = (said + bytes).slice(-400);
      });
      mine.once("error", ({ message }) => child === mine && fail(missing(camera.name, message)));
      mine.once("exit", () => child === mine && again(`its ffmpeg ended (${said.trim().split("\n").at(-1) || "it said nothing"})`));
    };
    const fail = (error: AgentError): void => {
      stop();
      subscriber.error(error);
    };
    const again = (why: string): void => {
      if (isEnded) return;
      const last = child;
      child = null;
      last?.kill("SIGKILL");
      if (heardNs !== null && nsToMs(heardNs - startedNs) > WELL_MS) restarts = 0;
      const what = `camera "${camera.name}" (${source.device}): ${why}`;
      if (++restarts > RESTARTS_MAX) {
        fail(new AgentError("bridge.failed", `${what}; started ${RESTARTS_MAX} times again in vain; ${camerasThere()}`));
        return;
      }
      onFault(new AgentError("sense.stale", `${what}; it is started again, ${restarts} of ${RESTARTS_MAX}`));
      clock.sleep(PAUSE_MS).then(() => isEnded || start());
    };
    const look = (): void => {
      if (!child) return;
      const silentMs = nsToMs(clock.nowNs() - (heardNs ?? startedNs));
      if (silentMs > (heardNs === null ? START_MS : STALL_MS)) {
        again(`no picture for ${silentMs.toFixed(0)} ms`);
        return;
      }
      const sameMs = changed ? nsToMs(clock.nowNs() - changed.atNs) : 0;
      const movedRad = movedSince(changed?.atRad ?? null, positionRad());
      if (sameMs > FROZEN_MS && movedRad > FROZEN_RAD)
        again(`the same picture for ${sameMs.toFixed(0)} ms while a joint moved ${movedRad.toFixed(2)} rad`);
    };
    const stopLooking = clock.every(LOOK_MS, look);
    const stop = (): void => {
      isEnded = true;
      stopLooking();
      const last = child;
      child = null;
      last?.kill("SIGKILL");
    };
    start();
    return stop;
  });
}

const movedSince = (before: Float64Array | null, now: Float64Array | null): number =>
  before && now ? Math.max(...now.map((value, joint) => Math.abs(value - before[joint]!))) : 0;

const missing = (name: string, message: string): AgentError =>
  new AgentError("bridge.missing", `camera "${name}": ffmpeg cannot be started (${message}); install it (apt-get install ffmpeg)`);

const camerasThere = (): string => {
  const names = existsSync(BY_ID) ? readdirSync(BY_ID) : [];
  return names.length > 0 ? `cameras here: ${names.map((name) => `${BY_ID}/${name}`).join(", ")}` : `no camera is in ${BY_ID}; plug it in`;
};
