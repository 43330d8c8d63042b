/** What the bridge needs of the run: somebody who is told everything, and the one way to command. Until both are in runtime/core/. */
import type { SegmentEvent } from "../../core/motion.ts";
import type { Frame, Sample } from "../../core/sensing.ts";
import type { Goal } from "../../core/skill.ts";
import type { Fault, OperatorCommand, SupervisorState } from "../../core/supervision.ts";
import type { Tick } from "../../core/tick.ts";

/** Someone who looks at everything and changes nothing. */
export interface Tap {
  readonly name: string;
  goal?(goal: Goal): void | Promise<void>;
  sample?(sample: Sample): void | Promise<void>;
  tick?(tick: Tick): void | Promise<void>;
  state?(state: SupervisorState): void | Promise<void>;
  fault?(fault: Fault): void | Promise<void>;
  event?(event: SegmentEvent): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** The one way to command, with a single-commander rule. */
export interface Desk {
  readonly whoCommands: string | null;
  command(who: string, command: OperatorCommand): string | null;
  assign(who: string, task: unknown): string | null;
  giveGoal(who: string, frames: readonly Frame[]): string | null;
  limitSpeed(who: string, share: number): void;
  leave(who: string): void;
}
