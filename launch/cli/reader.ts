/** Whoever reads what is printed may leave, as `head` does: the arm is brought to rest, and the command ends without another word. */
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";

const left = new AbortController();

/** Aborted when nobody reads any more; from then on nothing that is printed arrives, and nothing complains. */
export const readerLeft: AbortSignal = left.signal;

/** Of a pipe, a terminal or a socket whose other end is gone. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ENXIO", "ECONNRESET", "ENOTCONN"]);
/** Of a pipe that is full, since its reader is slow: that line is lost. */
const BUSY = "EAGAIN";

/** To be called once, before anything is printed. Where a disk is full instead, that is said once on the other stream, and the command goes on. */
export function watchReaders(): void {
  watch(process.stdout, "standard output", process.stderr);
  watch(process.stderr, "standard error", process.stdout);
}

function watch(stream: NodeJS.WriteStream, name: string, other: NodeJS.WriteStream): void {
  let isTold = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code)) return left.abort(new AgentError("stop.operator", "whoever read the output has left")); // Only the first counts.
    if (isTold || error.code === BUSY) return;
    isTold = true;
    other.write(`${name}: cannot be written (${faultOf(error)}), what is printed there is lost; the command goes on\n`);
  });
}
