/** The one way to command an agent, for page, ROS and fleet alike: one commander at a time, and a stop from everybody. */
import type { RecordingState, RecordingWish } from "./recording.ts";
import type { Frame } from "./sensing.ts";
import type { OperatorCommand } from "./supervision.ts";

/** How old what a segment was decided on may be. */
export interface AgeLimits {
  /** Since the observation was received, and since its source took it. */
  readonly maxObservationAgeMs: number;
  /** Since the plan was made. */
  readonly maxPlanAgeMs: number;
}

/** What the tool may do at most, and what is reckoned to hang on it. */
export interface ToolLimits {
  /** Of the tool point. */
  readonly maxToolSpeedMPerS: number;
  /** At the tool point, beside what the robot's model has there; 0 or more. */
  readonly payloadKg: number;
}
/** More is no arm of ours. */
export const PAYLOAD_KG_MAX = 100;
/** Where nobody says otherwise. */
export const usualToolLimits: ToolLimits = { maxToolSpeedMPerS: 1, payloadKg: 0 };

/** What the desk was told and took, as data: a recording keeps it, so that it is told again. */
export type Order = { readonly who: string } & (
  | { readonly kind: "commanded"; readonly command: OperatorCommand }
  /** In the launch file's own form. */
  | { readonly kind: "assigned"; readonly task: unknown }
  /** An urgent task, by its name. */
  | { readonly kind: "called"; readonly name: string }
  | { readonly kind: "shown"; readonly frames: readonly Frame[] }
  | { readonly kind: "limited"; readonly limits: Partial<{ readonly speedShare: number } & ToolLimits & AgeLimits> }
  /** The arm, which they had in hand. */
  | { readonly kind: "left" }
);

/**
 * `who` names whoever commands: "page", "ros", "fleet". Anybody may stop and hold, and has the arm in hand from then on; what lets it move again is for whoever has it.
 * It is anybody's again when they leave, or when the agent is idle, stopped or faulted. Answers are null when done, else a sentence why not.
 */
export interface Desk {
  /** Who has the arm in hand; null when anybody may take it. */
  readonly whoCommands: string | null;
  command(who: string, command: OperatorCommand): string | null;
  /** Why this command of theirs would be refused before the supervisor is even asked, or null. */
  refusal(who: string, command: OperatorCommand): string | null;
  /** The next start does this task, data in the launch file's own form. */
  assign(who: string, task: unknown): string | null;
  /** Does this named task of the launch file now; the one in hand goes on after it. */
  urgent(who: string, name: string): string | null;
  /** Pictures of the goal from now on, where a task wants the ones that the world gives. */
  giveGoal(who: string, frames: readonly Frame[]): string | null;
  /** From now on every decision moves this share of what it would, 0..1; of all who ask the smallest counts. */
  limitSpeed(who: string, share: number): void;
  /** From the next decision on, never looser than the launch file; of all who ask the slowest tool and the heaviest payload count. */
  limitTool(who: string, limits: Partial<ToolLimits>): void;
  /** From the next decision on, never looser than the launch file. */
  limitAges(who: string, ages: Partial<AgeLimits>): void;
  /** The one that somebody started last; null before the first. */
  readonly recording: RecordingState | null;
  /** Whoever has the arm in hand: nothing moves by it. The answer comes once it is done. */
  record(who: string, wish: RecordingWish): Promise<string | null>;
  /** Someone who may refuse a command, whoever gives it, until disposed of. */
  veto(refuses: (command: OperatorCommand) => string | null): Disposable;
  /** They are gone: what they held is anybody's, what they slowed down is not. */
  leave(who: string): void;
}
