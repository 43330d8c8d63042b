/** What `foresight find` found, on a page with what each camera sees now: which one is which. */
import type { CameraSource } from "../../runtime/bridge/camera/ffmpeg-input.ts";
import { openCameras } from "../../runtime/bridge/camera/open-cameras.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { onDeskPage } from "./page/page.ts";

export interface FoundToShow {
  /** A line each. */
  readonly text: string;
  /** As the system or ffmpeg calls them. */
  readonly cameras: readonly string[];
}

const THUMBNAIL = { widthPx: 320, heightPx: 240 };
const SECTION = { host: "127.0.0.1", port: 0 } as const;

/** Until the signal aborts. A camera that gives nothing is told with its reason, and the others are shown. */
export async function showFound({ text, cameras }: FoundToShow, clock: Clock, say: (line: string) => void, signal: AbortSignal) {
  await onDeskPage({ section: SECTION, title: "Foresight: find", clock, say }, async (page) => {
    page.show({ step: text });
    const setups = cameras.map((name) => ({ camera: { name, ...THUMBNAIL }, source: sourceOf(name), latencyMs: 0 }));
    const opened = openCameras(setups, clock);
    const troubles = opened.faults.subscribe(({ message }) => page.say(message));
    const pictures = opened.samples.subscribe((sample) => {
      if (sample.kind === "frame") page.picture(sample.frame.camera, sample.frame);
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    pictures.unsubscribe();
    troubles.unsubscribe();
    return "Looking has ended.";
  });
}

const sourceOf = (device: string): CameraSource => ({
  ...{ device, kind: device.startsWith("tcp://") ? "stream" : "camera" },
  ...{ widthPx: 640, heightPx: 480, rateHz: 30 },
});
