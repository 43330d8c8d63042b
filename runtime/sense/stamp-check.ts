/** Finds source stamps that repeat or go back. */
import { nsToMs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";

/** After this many stamps that go back, yet forward among themselves, the source's clock is taken to have started anew. */
const restartCount = 10;

/** A check of one stream; remembers the newest good stamp. */
export function createStampCheck(stream: string): (stampNs: bigint) => AgentError | null {
  let newestNs: bigint | null = null;
  let previousNs: bigint | null = null;
  let behindCount = 0;
  return (stampNs) => {
    const repeats = stampNs === previousNs;
    behindCount = newestNs !== null && stampNs < newestNs && (behindCount === 0 || stampNs > previousNs!) ? behindCount + 1 : 0;
    previousNs = stampNs;
    if (newestNs === null || stampNs > newestNs || behindCount >= restartCount) {
      newestNs = stampNs;
      behindCount = 0;
      return null;
    }
    if (repeats || stampNs === newestNs) {
      return new AgentError(
        "sense.duplicate-stamp",
        `${stream}: source stamp ${stampNs} ns came twice; sample dropped, check the source's clock`,
      );
    }
    const behindMs = nsToMs(newestNs - stampNs).toFixed(3);
    return new AgentError(
      "sense.backward-stamp",
      `${stream}: source stamp ${stampNs} ns is ${behindMs} ms behind the one before; sample dropped, check the source's clock`,
    );
  };
}
