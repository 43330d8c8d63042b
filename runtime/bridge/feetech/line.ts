/** Half duplex: one transaction at a time, each with its deadline; what comes late or unasked is counted and thrown away. */
import { type Clock, NS_PER_MS } from "../../core/clock.ts";
import type { BytePort } from "../servos/byte-port.ts";
import type { BusCounts, LinkCounts } from "../servos/servo-bus.ts";
import { createFrameReader, type Frame } from "./frames.ts";

export interface Exchange {
  readonly frame: Uint8Array;
  /** Who is to answer, and with how many bytes of data; nobody for what is only told. */
  readonly ids: readonly number[];
  readonly dataBytes: number;
  /** A line that was silent for so long says no more. */
  readonly quietMs: number;
}

export interface Answer {
  readonly error: number;
  readonly data: Uint8Array;
}

export interface Line {
  readonly counts: BusCounts;
  /** Waits for those before it; resolves with who answered whole and in time. */
  exchange(exchange: Exchange): Promise<ReadonlyMap<number, Answer>>;
  /** The port is gone: nobody answers any more. */
  end(): void;
}

/** Longest answer that anybody gives: a whole table. */
const LENGTH_MAX = 96;
/** However the bytes trickle, no transaction is longer. */
const QUIET_TIMES_MAX = 4n;
/** Woken later than this after a deadline, this process was held up: what came meanwhile lies unread in the system, and is not lost. */
const HELD_UP_NS = 2n * NS_PER_MS;

interface Waiting {
  readonly exchange: Exchange;
  readonly answers: Map<number, Answer>;
  heardNs: bigint;
  readonly sinceNs: bigint;
  readonly finish: () => void;
}

export function createLine(port: BytePort, clock: Clock): Line {
  const byId = new Map<number, { -readonly [Key in keyof LinkCounts]: LinkCounts[Key] }>();
  const counts = { transactions: 0, malformed: 0, byId };
  let waiting: Waiting | null = null;
  let isEnded = false;
  let before: Promise<unknown> = Promise.resolve();

  const countsOf = (id: number) => {
    const known = byId.get(id) ?? { asked: 0, lost: 0, late: 0 };
    byId.set(id, known);
    return known;
  };
  const onFrame = ({ id, kind, data }: Frame): void => {
    const asked = waiting?.exchange;
    if (!waiting || !asked?.ids.includes(id) || data.length !== asked.dataBytes || waiting.answers.has(id)) {
      countsOf(id).late++;
      return;
    }
    waiting.answers.set(id, { error: kind, data });
    if (waiting.answers.size === asked.ids.length) waiting.finish();
  };
  const reader = createFrameReader({ onFrame, onMalformed: () => counts.malformed++, lengthMax: LENGTH_MAX });
  port.onBytes((bytes) => {
    if (waiting) waiting.heardNs = clock.nowNs();
    reader.take(bytes);
  });

  const exchangeNow = async (exchange: Exchange): Promise<ReadonlyMap<number, Answer>> => {
    const answers = new Map<number, Answer>();
    if (isEnded) return answers;
    counts.transactions++;
    reader.forget();
    if (exchange.ids.length === 0) {
      port.write(exchange.frame);
      return answers;
    }
    for (const id of exchange.ids) countsOf(id).asked++;
    const done = new AbortController();
    const nowNs = clock.nowNs();
    waiting = { exchange, answers, heardNs: nowNs, sinceNs: nowNs, finish: () => done.abort() };
    port.write(exchange.frame);
    await quiet(waiting, clock, done.signal);
    waiting = null;
    for (const id of exchange.ids) if (!answers.has(id)) countsOf(id).lost++;
    return answers;
  };
  return {
    counts,
    exchange(exchange) {
      const mine = before.then(() => exchangeNow(exchange));
      before = mine;
      return mine;
    },
    end() {
      isEnded = true;
      waiting?.finish();
    },
  };
}

/** Resolves when the line was silent for long enough, or everybody answered. Where this process was not there to listen, it listens once more. */
async function quiet(waiting: Waiting, clock: Clock, done: AbortSignal): Promise<void> {
  const quietNs = BigInt(Math.round(waiting.exchange.quietMs * 1e6));
  let lastNs = waiting.sinceNs + QUIET_TIMES_MAX * quietNs;
  let wasHeldUp = false;
  while (!done.aborted) {
    const untilNs = waiting.heardNs + quietNs < lastNs ? waiting.heardNs + quietNs : lastNs;
    const nowNs = clock.nowNs();
    if (untilNs > nowNs) {
      await clock.sleep(Number(untilNs - nowNs) / Number(NS_PER_MS), done).catch(() => {}); // Everybody answered.
      continue;
    }
    if (wasHeldUp || nowNs - untilNs <= HELD_UP_NS) return;
    wasHeldUp = true;
    waiting.heardNs = nowNs;
    lastNs = nowNs + quietNs;
  }
}
