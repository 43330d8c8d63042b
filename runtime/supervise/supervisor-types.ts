/** The words between the supervisor and the loop: what it is told, what it wants done, what it shows. Plain data, ready for JSON. */
import type { Observable } from "rxjs";
import type { Clock } from "../core/clock.ts";
import type { Measures, Skill } from "../core/skill.ts";
import type { Decision, Fault, OperatorCommand, SupervisorState } from "../core/supervision.ts";
import type { Progress } from "./progress.ts";
import type { SupervisorSnapshot } from "./snapshot.ts";
import type { Autonomy, GoalSpec, TaskNode } from "./task-tree.ts";

/**
 * What the loop shall do next. start-skill: prepare the goal, then call `prepared`; retry: the same again, with nothing kept of the last attempt;
 * leave-skill: it is over; preempt: what it does now is done later; return: the more urgent task is over, what it did before goes on; hold: send no segment until resume; stop: stop the robot, then call `atRest`; release: it may move again.
 */
export type Intent =
  | { readonly type: "start-skill"; readonly path: string; readonly skill: string; readonly goal: GoalSpec }
  | { readonly type: "retry"; readonly path: string; readonly skill: string; readonly goal: GoalSpec; readonly reason: string }
  | { readonly type: "leave-skill"; readonly path: string; readonly result: "done" | "failed"; readonly reason: string }
  | { readonly type: "preempt"; readonly urgency: number; readonly reason: string }
  | { readonly type: "return"; readonly result: "succeeded" | "failed"; readonly reason: string }
  | { readonly type: "finish"; readonly result: "succeeded" | "failed" | "stopped"; readonly reason: string }
  | { readonly type: "hold"; readonly reason: string }
  | { readonly type: "resume" }
  | { readonly type: "stop"; readonly reason: string }
  | { readonly type: "release" };

/** A state that a statechart left or came to. */
export interface Transition {
  /** Milliseconds of the supervisor's time. */
  readonly atMs: number;
  /** "agent", "task", or a skill with its path: `push at "0/1"`. */
  readonly what: string;
  /** Null: it began. */
  readonly from: string | null;
  /** Null: it is over. */
  readonly to: string | null;
  readonly reason: string;
}

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly skills: Readonly<Record<string, Skill>>;
  readonly task: TaskNode;
  /** What tasks may call by name. */
  readonly goals?: Readonly<Record<string, GoalSpec>>;
  /** The least that skills ask for, whatever their task says; default autonomous. */
  readonly autonomy?: Autonomy;
  /** What another process left when it ended, see state-file.ts; with a task in hand the agent comes back holding, and only a person lets it go on. */
  readonly left?: SupervisorSnapshot | null;
  /** Keeps every new snapshot before anything that follows from it is told; throws AgentError `state.unwritable`. */
  readonly keep?: (snapshot: SupervisorSnapshot) => void;
  /** Who ends a hold that a fault of arm, senses or bridge began: the cause being gone (self, the default), or only a person. */
  readonly resume?: "operator" | "self";
}

export interface Supervisor extends Disposable {
  /** Starts with the current state and goes on with every change. */
  readonly states: Observable<SupervisorState>;
  readonly state: SupervisorState;
  /** Everything it knows, as plain data. */
  readonly snapshot: SupervisorSnapshot;
  /** Listen before the first command. Emitted synchronously, in order. */
  readonly intents: Observable<Intent>;
  /** Every change of a statechart from now on, with its reason. */
  readonly transitions: Observable<Transition>;
  /** Every error that is reported from now on. */
  readonly faults: Observable<Fault>;
  /** The next start does this task instead. Null when done, else why not: one is running, or it does not fit the skills. */
  assign(task: TaskNode): string | null;
  /**
   * Does this task now; the one in hand goes on after it, with its counts and its time; where none is, one that waits to be started waits on. `urgency` 1..9 must be
   * above that of the task in hand, which is 0 for one that was started. Null when done, else why not.
   */
  preempt(task: TaskNode, urgency: number): string | null;
  booted(): void;
  /** The goal of the skill at `path` is encoded and its solver ready. */
  prepared(path: string): void;
  /** One decision was made for the skill at `path`, from these measures. Null when no such skill is acting. */
  decided(path: string, measures: Measures): Progress | null;
  /** One observation was sound and a motion would be allowed; call it once a decision, also while holding. Enough of them end an automatic hold. */
  healthy(): void;
  /** Something went wrong; the decision is also carried out. */
  fault(error: unknown): Decision;
  /** Null when done, else why it cannot be done now. */
  command(command: OperatorCommand): string | null;
  /** The robot stands still after a `stop`. */
  atRest(): void;
}
