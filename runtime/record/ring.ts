/** The newest chunks of a run, in memory: what "save the last 30 s" writes. */
import { nsToSeconds, secondsToNs } from "../core/clock.ts";
import type { Chunk } from "./mcap/chunk.ts";

export interface Ring {
  push(chunk: Chunk): void;
  /** In order; together they cover the span that was asked for, or what has happened so far, or what fits. */
  chunks(): readonly Chunk[];
  /** Of the messages in it. */
  coveredS(): number;
}

/** However much happens in the span, no more is kept. */
const RING_BYTES_MAX = 256 * 2 ** 20;

export function createRing(spanS: number, bytesMax = RING_BYTES_MAX): Ring {
  const kept: Chunk[] = [];
  let bytes = 0;
  const span = secondsToNs(spanS);
  const newestNs = (): bigint => kept.at(-1)?.chunk.messageEndTime ?? 0n;
  return {
    push(chunk) {
      kept.push(chunk);
      bytes += chunk.chunk.records.byteLength;
      const fromNs = newestNs() - span;
      while (kept.length > 1 && (bytes > bytesMax || kept[0]!.chunk.messageEndTime < fromNs))
        bytes -= kept.shift()!.chunk.records.byteLength;
    },
    chunks: () => [...kept],
    coveredS: () => (kept[0] ? nsToSeconds(newestNs() - kept[0].chunk.messageStartTime) : 0),
  };
}
