/** From the instants of a recording to the moments at which something was decided or looked at, in order: what is made again, one after the other. */
import type { Order } from "../core/desk.ts";
import { AgentError } from "../core/errors.ts";
import { type Instant, isTold, type Seen, type Told } from "../core/instant.ts";
import type { Segment } from "../core/motion.ts";
import type { RngState } from "../core/rng.ts";
import type { Frame } from "../core/sensing.ts";

/** A motion, and when the agent knew that it holds from its start on. */
export interface Commanded {
  readonly atNs: bigint;
  readonly segment: Segment;
}

export interface Moment {
  readonly seen: Seen;
  readonly atNs: bigint;
  /** Null where the agent only looked, or held. */
  readonly decision: {
    readonly effectNs: bigint;
    readonly chance: RngState;
    /** Null where it failed before it had a motion. */
    readonly judged: { readonly atNs: bigint; readonly candidates: number } | null;
    /** Why it came to nothing; null where it was decided. */
    readonly failure: AgentError | null;
    /** What the arm was told, and when it had taken it. */
    readonly sent: Commanded | null;
  } | null;
}

interface Fault {
  readonly atNs: bigint;
  readonly error: AgentError;
}
type Shown = Extract<Told, { readonly kind: "shown" }>;

/** Something that came from outside the decisions: what went wrong, or what somebody told the desk. */
export type Outside = Fault | { readonly atNs: bigint; readonly order: Order };

/** Those of senses and arm come from outside; all others arise again where a decision is made again. */
const FROM_OUTSIDE = /^(sense|robot)\./;

/** Hand it instants and the end of each decision in order. One that was given up, or that the end of the recording cut off, is no moment. */
export function createMoments() {
  const moments: Moment[] = [];
  const overrides: Commanded[] = [];
  const events: (Fault | Told)[] = [];
  const preparedNs: bigint[] = [];
  let begun: Extract<Instant, { kind: "begun" }> | null = null;
  let failed: Extract<Instant, { kind: "failed" }> | null = null;
  let judged: Extract<Instant, { kind: "judged" }> | null = null;
  const close = (failure: AgentError | null, sent: Commanded | null): void => {
    if (begun) moments.push({ ...placeOf(begun), decision: { effectNs: begun.effectNs, chance: begun.chance, judged, failure, sent } });
    begun = null;
    judged = null;
  };
  return {
    moments: moments as readonly Moment[],
    overrides: overrides as readonly Commanded[],
    /** When an attempt of a skill could begin. */
    preparedNs: preparedNs as readonly bigint[],
    /** Pictures of a goal are found by whoever has them. */
    events: (framesOf: (shown: Shown) => readonly Frame[]): readonly Outside[] =>
      events.map((event) => {
        if ("error" in event) return event;
        if (event.kind === "shown") return { atNs: event.atNs, order: { kind: "shown", who: event.who, frames: framesOf(event) } };
        const { atNs, ...order } = event;
        return { atNs, order };
      }),
    instant(instant: Instant): void {
      if (instant.kind === "begun") [begun, judged] = [instant, null];
      else if (instant.kind === "judged") judged = instant;
      else if (instant.kind === "failed") {
        failed = instant;
        close(new AgentError(instant.code, instant.message), null);
      } else if (instant.kind === "overridden") overrides.push(instant);
      else if (instant.kind === "prepared") preparedNs.push(instant.atNs);
      else if (isTold(instant)) events.push(instant);
      else moments.push({ ...placeOf(instant), decision: null });
    },
    /** One that a decision failed with has been told with it. */
    fault({ code, message }: Pick<AgentError, "code" | "message">, atNs: bigint): void {
      const isFailure = failed?.code === code && failed.message === message;
      failed = null;
      if (!isFailure && FROM_OUTSIDE.test(code)) events.push({ atNs, error: new AgentError(code, message) });
    },
    /** `segment` is null where none was sent. */
    decided: (segment: Segment | null, atNs: bigint): void => close(null, segment && { segment, atNs }),
  };
}

const placeOf = ({ frames, jointsNs, atNs }: Extract<Instant, Seen>): Omit<Moment, "decision"> => ({
  seen: { frames, jointsNs },
  atNs,
});
