/** The words of supervision that everybody shares: who may command what, where the agent stands, and what followed a fault. Plain data, ready for JSON. */

export type AgentState = "booting" | "idle" | "running" | "holding" | "stopping" | "stopped" | "faulted";

/**
 * start: begin the task; stop: come to rest and stay there until reset; hold: rest until resume; restart-skill: begin the skill in progress anew, as the same attempt;
 * abort: give the task up, be idle; confirm, decline: let the skill that asks begin, or fail; reset: leave stopped or faulted.
 */
export const OPERATOR_COMMANDS = ["start", "stop", "hold", "resume", "restart-skill", "abort", "confirm", "decline", "reset"] as const;
export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number];
export type TaskState = "none" | "running" | "succeeded" | "failed" | "stopped";
/** asking: a person must confirm or decline it; looking: it is a condition, and moves nothing. */
export type SkillState = "asking" | "preparing" | "looking" | "acting" | "verifying";

export interface ActiveSkill {
  /** Place in the task tree: "0/1" is the second child of the first child, "" the root. */
  readonly path: string;
  readonly name: string;
  readonly state: SkillState;
  /** Decisions of this attempt. */
  readonly decisions: number;
  /** 0 for the first attempt. */
  readonly retries: number;
  /** 0..1, see progress.ts. */
  readonly progress: number;
}

/** Where everything stands. */
export interface SupervisorState {
  readonly agent: AgentState;
  readonly task: TaskState;
  /** The skills in progress, in the order they began; one, unless the task says parallel. */
  readonly skills: readonly ActiveSkill[];
  /** Why it is so: one or two sentences for people. */
  readonly reason: string;
  /** True only when a segment may be sent for the skill in progress. */
  readonly mayAct: boolean;
  /** Of a hold: by itself, once its cause is gone, or when a person says so. Absent where the agent does not hold. */
  readonly holdEnds?: "by-itself" | "when-told";
}

/**
 * ignore: skip this decision, the running segment brings the arm to rest; hold: rest until the cause is gone;
 * retry: begin the skill's attempt anew, or fail the skill when its attempts are spent; stop: come to rest and wait for a person.
 */
export type Reaction = "ignore" | "hold" | "retry" | "stop";

export interface Decision {
  readonly reaction: Reaction;
  /** One sentence: why this reaction. */
  readonly reason: string;
}

/** An error that was reported, and what followed. */
export interface Fault {
  readonly error: unknown;
  readonly decision: Decision;
}
