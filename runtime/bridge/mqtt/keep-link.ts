/** Keeps a link to the broker: connects, waits longer after every failure, connects anew. Each connection starts with nothing of the last one. */
import { type Clock, nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { Rng } from "../../core/rng.ts";
import type { Connection } from "./connection.ts";

export interface LinkOptions {
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** What it rejects with ends the connection. */
  readonly onUp: (connection: Connection) => Promise<void>;
  readonly onDown: (why: string) => void;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Sentences for people. */
  readonly say: (text: string) => void;
}

/** The first wait; each further one is twice as long, up to the last. */
export const BACKOFF_MS = { first: 500, last: 30_000 } as const;
/** A connection that was lost sooner counts as a failure: two robots of one name would take it from one another for ever. */
export const STABLE_MS = 10_000;
/** So many of them in a row are no chance. */
const SHORT_MAX = 3;

export interface Link extends AsyncDisposable {
  /** Null while there is none. */
  readonly connection: Connection | null;
}

/** Tries until it is disposed of; a bug throws in the loop's own promise. */
export function keepLink(options: LinkOptions): Link {
  const { connect, onUp, onDown, clock, rng, say } = options;
  const over = new AbortController();
  let connection: Connection | null = null;
  let failures = 0;
  let said = "";
  const tell = (sentence: string): void => {
    if (sentence !== said) say(sentence);
    said = sentence;
  };
  const once = async (): Promise<void> => {
    try {
      connection = await connect(over.signal);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      failures++;
      return tell(error.message);
    }
    const upNs = clock.nowNs();
    const troubled = onUp(connection).then(
      () => tell("connected"),
      async (error: Error) => {
        tell(error.message);
        await connection?.close();
      },
    );
    const why = await connection.ended;
    await troubled;
    connection = null;
    failures = nsToMs(clock.nowNs() - upNs) < STABLE_MS ? failures + 1 : 1;
    if (over.signal.aborted) return;
    const hint = failures >= SHORT_MAX ? "; no connection lasts: is there another robot of this name?" : "";
    tell(`the link is lost (${why}); connecting again${hint}`);
    onDown(why);
  };
  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await once();
      if (!over.signal.aborted) await clock.sleep(waitMs(failures, rng), over.signal).catch(() => {}); // An abort ends the wait.
    }
  };
  const kept = keep();
  return {
    get connection() {
      return connection;
    },
    async [Symbol.asyncDispose]() {
      over.abort(new AgentError("stop.operator", "the bridge is closed"));
      await connection?.close();
      await kept;
    },
  };
}

/** Between half of it and the whole, so that a fleet does not come back in one instant. */
export function waitMs(failures: number, rng: Rng): number {
  const wholeMs = Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** Math.min(failures - 1, 16));
  return rng.between(wholeMs / 2, wholeMs);
}
