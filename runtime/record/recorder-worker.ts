/** The thread that encodes pictures, compresses and writes, so that the loop never waits for a disk. Started, never imported. */
import { statfsSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { SystemClock } from "../core/clock.ts";
import { invariant } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { pictureData } from "./channels/pictures.ts";
import { loadZstd } from "./mcap/zstd.ts";
import type { FromThread, Posted, RecorderSetup, ToThread } from "./recorder-protocol.ts";
import { createTape, type Tape } from "./tape.ts";

invariant(parentPort, "recorder-worker runs in a worker thread");
const port = parentPort;
const setup = workerData as RecorderSetup;
/** What a crash loses is what came since, and what was on its way: together less than a second, also on a busy machine. */
const FLUSH_MS = 300;

const say = (message: FromThread): void => port.postMessage(message);
const tape = await open();
if (tape) serve(tape);

async function open(): Promise<Tape | null> {
  try {
    const opened = createTape({ ...setup, zstd: await loadZstd(), freeBytes, onStopped: (why) => say({ kind: "stopped", why }) });
    say({ kind: "opened" });
    return opened;
  } catch (error) {
    say({ kind: "refused", why: faultOf(error) });
    return null;
  }
}

/** Pictures are encoded side by side; everything is written in the order in which it came. */
function serve(tape: Tape): void {
  let saidBytes = 0;
  const stopBeats = new SystemClock().every(FLUSH_MS, () => {
    tape.beat();
    const { bytes } = tape;
    if (bytes !== saidBytes) say({ kind: "grown", bytes });
    saidBytes = bytes;
  });
  let inOrder: Promise<void> = Promise.resolve();
  let isFirst = true;
  port.on("message", (message: ToThread) => {
    const encoded = message.kind === "write" ? Promise.all(message.messages.map(encode)).catch(() => null) : null;
    inOrder = inOrder.then(async () => {
      if (message.kind === "write") {
        const messages = await encoded;
        if (messages) tape.write(messages);
        else tape.miss();
        if (isFirst) tape.beat(); // What a file is of stands in it from the beginning.
        isFirst = false;
        say({ kind: "written", bytes: message.bytes });
      } else if (message.kind === "save") say({ kind: "saved", id: message.id, ...tape.save(message.name) });
      else {
        stopBeats();
        say({ kind: "finished", ...tape.finish(message.dropped) });
        port.close();
      }
    });
  });
}

async function encode({ content, ...message }: Posted) {
  return { ...message, data: content instanceof Uint8Array ? content : await pictureData(content) };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
