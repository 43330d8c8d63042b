/** From the instants of a recording to the moments at which something was decided or looked at, in order: what is made again, one after the other. */
import type { Order } from "../core/desk.ts";
import { AgentError } from "../core/errors.ts";
import { type Instant, isTold, type Seen, type Told } from "../core/instant.ts";
import type { Segment } from "../core/motion.ts";
import type { RngState } from "../core/rng.ts";
import type { Frame } from "../core/sensing.ts";

/** When something was, and behind what: in a world that waits a decision begins, is judged and is followed by another at one instant. */
export interface Place {
  readonly atNs: bigint;
  /** How many steps of the agent came before it: beginnings, judgements, failures, looks, ends. */
  readonly place: number;
}

/** A motion, and when the agent knew that it holds from its start on. */
export interface Commanded extends Place {
  readonly segment: Segment;
}

export interface Moment extends Place {
  readonly seen: Seen;
  /** Null where the agent only looked, or held. */
  readonly decision: {
    readonly effectNs: bigint;
    readonly chance: RngState;
    /** Null where it failed before it had a motion. */
    readonly judged: (Place & Pick<Judged, "candidates" | "offered">) | null;
    /** Why it came to nothing; null where it was decided. */
    readonly failure: AgentError | null;
    /** What the arm was told, and when it had taken it. */
    readonly sent: Commanded | null;
  } | null;
}

type Judged = Extract<Instant, { kind: "judged" }>;
interface Fault extends Place {
  readonly error: AgentError;
}
type Shown = Extract<Told, { readonly kind: "shown" }>;

/** Something that came from outside the decisions: what went wrong, or what somebody told the desk. */
export type Outside = Fault | (Place & { readonly order: Order });

/** Those of senses and arm come from outside; all others arise again where a decision is made again. */
const FROM_OUTSIDE = /^(sense|robot)\./;

/** Hand it instants and the end of each decision in order. One that was given up, or that the end of the recording cut off, is no moment. */
export function createMoments() {
  const moments: Moment[] = [];
  const overrides: Commanded[] = [];
  const events: (Fault | (Place & { readonly told: Told }))[] = [];
  const prepared: Place[] = [];
  let place = 0;
  let begun: (Place & Extract<Instant, { kind: "begun" }>) | null = null;
  let failed: Extract<Instant, { kind: "failed" }> | null = null;
  let judged: (Place & Judged) | null = null;
  const close = (failure: AgentError | null, sent: Commanded | null): void => {
    if (begun) moments.push({ ...momentOf(begun), decision: { effectNs: begun.effectNs, chance: begun.chance, judged, failure, sent } });
    begun = null;
    judged = null;
  };
  /** Of the agent itself. */
  const step = (instant: Exclude<Instant, Told | { kind: "overridden" }>): void => {
    const here = { ...instant, place: place++ };
    if (here.kind === "begun") [begun, judged] = [here, null];
    else if (here.kind === "judged") judged = here;
    else if (here.kind === "failed") {
      failed = here;
      close(new AgentError(here.code, here.message), null);
    } else if (here.kind === "prepared") prepared.push(here);
    else moments.push({ ...momentOf(here), decision: null });
  };
  return {
    moments: moments as readonly Moment[],
    overrides: overrides as readonly Commanded[],
    /** When an attempt of a skill could begin. */
    prepared: prepared as readonly Place[],
    /** Pictures of a goal are found by whoever has them. */
    events: (framesOf: (shown: Shown) => readonly Frame[]): readonly Outside[] =>
      events.map((event) => {
        if ("error" in event) return event;
        const { told, ...here } = event;
        if (told.kind === "shown") return { ...here, order: { kind: "shown", who: told.who, frames: framesOf(told) } };
        const { atNs: _, ...order } = told;
        return { ...here, order };
      }),
    instant(instant: Instant): void {
      if (isTold(instant)) events.push({ atNs: instant.atNs, place, told: instant });
      else if (instant.kind === "overridden") overrides.push({ ...instant, place });
      else step(instant);
    },
    /** One that a decision failed with has been told with it. */
    fault({ code, message }: Pick<AgentError, "code" | "message">, atNs: bigint): void {
      const isFailure = failed?.code === code && failed.message === message;
      failed = null;
      if (!isFailure && FROM_OUTSIDE.test(code)) events.push({ atNs, place, error: new AgentError(code, message) });
    },
    /** `segment` is null where none was sent. */
    decided(segment: Segment | null, atNs: bigint): void {
      const here = { atNs, place: place++ };
      close(null, segment && { ...here, segment });
    },
  };
}

const momentOf = ({ frames, jointsNs, atNs, place }: Place & Seen): Omit<Moment, "decision"> => ({
  seen: { frames, jointsNs },
  atNs,
  place,
});
