/** Someone who looks at everything and changes nothing: a page, a recorder, a bridge. */
import type { Instant } from "./instant.ts";
import type { SegmentEvent } from "./motion.ts";
import type { Sample } from "./sensing.ts";
import type { Goal } from "./skill.ts";
import type { Fault, SupervisorState } from "./supervision.ts";
import type { Tick } from "./tick.ts";

/** A handler that returns a promise is told the next news when that one is settled; what it throws detaches it. */
export interface Tap {
  /** For messages. */
  readonly name: string;
  /** What the agent is to bring about from now on. */
  goal?(goal: Goal): void | Promise<void>;
  sample?(sample: Sample): void | Promise<void>;
  tick?(tick: Tick): void | Promise<void>;
  state?(state: SupervisorState): void | Promise<void>;
  fault?(fault: Fault): void | Promise<void>;
  event?(event: SegmentEvent): void | Promise<void>;
  /** Of a decision: before its Tick, and also where none comes of it. */
  instant?(instant: Instant): void | Promise<void>;
  /** The run is over; called once, also after it was detached. */
  close?(): void | Promise<void>;
}

/** What a tap is told of. */
export type NewsKind = Exclude<keyof Tap, "name" | "close">;
export type Told<Kind extends NewsKind> = Parameters<NonNullable<Tap[Kind]>>[0];
