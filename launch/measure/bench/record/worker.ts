/** A process that records until it is killed or its disk is full; prints the newest stamp that it told of. Arguments: file, width of the pictures [px], MB that must be free. */
import { SystemClock } from "../../../../runtime/core/clock.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { openRecorder } from "../../../../runtime/record/recorder.ts";
import { fedRun, feed } from "./feed.ts";

const [file = "", width = "64", freeMB = "0"] = process.argv.slice(2);
const widthPx = Number(width);
const recorder = await openRecorder({
  ...{ file, force: false, splitBytes: 2 ** 32, splitS: 86_400, minFreeBytes: Number(freeMB) * 2 ** 20, last: null },
  ...{ facts: fedRun(widthPx), pictures: "png", atNs: 0n },
  onStopped: (said) => console.log(`stopped ${said}`),
});
const feeding = feed({
  widthPx,
  clock: new SystemClock(),
  rng: createRng(1),
  tell(news) {
    recorder.tell(news);
    console.log(`told ${news.atNs}`);
  },
});
process.stdin.once("data", async () => {
  feeding[Symbol.dispose]();
  const recorded = await recorder.finish();
  process.stdout.write(`finished ${JSON.stringify(recorded)}\n`, () => process.exit());
});
