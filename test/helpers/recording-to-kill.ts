/** Records pictures at 30 Hz, joints at 250 Hz and decisions at 5 Hz until it is killed or its disk is full; prints the newest stamp that it told of. Arguments: the file, the size of a picture [px], free MB. */
import { SystemClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { News } from "../../runtime/record/channels/message.ts";
import { openRecorder } from "../../runtime/record/recorder.ts";
import { jointsAt, runFacts, tickAt } from "./run-news.ts";

const [file = "", width = "64", freeMB = "1"] = process.argv.slice(2);
const widthPx = Number(width);
const heightPx = (widthPx * 3) / 4;
const clock = new SystemClock();
const rng = createRng(1);
const recorder = await openRecorder({
  ...{ file, force: false, splitBytes: 2 ** 32, splitS: 3600, minFreeBytes: Number(freeMB) * 2 ** 20, last: null },
  facts: { ...runFacts, mode: "realtime" },
  pictures: "png",
  atNs: 0n,
  onStopped: (said) => console.log(`stopped ${said}`),
});
const startNs = clock.nowNs();
let decisions = 0;
const tell = (make: (nowNs: bigint) => News) => (): void => {
  const news = make(clock.nowNs() - startNs);
  recorder.tell(news);
  console.log(`told ${news.atNs}`);
};
clock.every(
  1000 / 250,
  tell((atNs) => ({ kind: "sample", what: jointsAt(atNs - 2n), atNs })),
);
clock.every(
  1000 / 5,
  tell((atNs) => ({ kind: "tick", what: tickAt(decisions++, atNs), atNs })),
);
clock.every(
  1000 / 30,
  tell((atNs) => {
    const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, () => 256 * rng.uniform());
    return {
      kind: "sample",
      what: { kind: "frame", frame: { camera: "front", widthPx, heightPx, rgb, stampNs: atNs, receivedNs: atNs } },
      atNs,
    };
  }),
);
process.stdin.on(
  "data",
  () => void recorder.finish().then((recorded) => process.stdout.write(`finished ${JSON.stringify(recorded)}\n`, () => process.exit())),
);
