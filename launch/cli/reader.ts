/** Whoever reads what is printed may leave, as `head` does: the arm is brought to rest, and the command ends without another word. */
import { AgentError } from "../../runtime/core/errors.ts";

const left = new AbortController();

/** Aborted when nobody reads any more; from then on nothing that is printed arrives, and nothing complains. */
export const readerLeft: AbortSignal = left.signal;

/** To be called once, before anything is printed. */
export function watchReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {
      if (!left.signal.aborted) left.abort(new AgentError("stop.operator", "whoever read the output has left"));
    });
  }
}
