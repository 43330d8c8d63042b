/** The supervisor as the rest of the agent meets it: gives the pure step its events and its time, keeps the snapshot, puts out intents. It never touches the robot. */
import { BehaviorSubject, Subject } from "rxjs";
import { nsToMs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Measures } from "../core/skill.ts";
import type { Decision, Fault, OperatorCommand, SupervisorState } from "../core/supervision.ts";
import { decideNow } from "./bounds.ts";
import { findSkill, taskProblems } from "./check-task.ts";
import { refusal } from "./commands.ts";
import { nextInMs } from "./deadlines.ts";
import type { Setting } from "./draft.ts";
import { afterInterruption } from "./interruption.ts";
import { judge, type Progress } from "./progress.ts";
import { describe, initialSnapshot, isDeciding, type SkillRun, type SupervisorSnapshot } from "./snapshot.ts";
import { preemptRefusal, type SupervisorEvent, step } from "./step.ts";
import type { Intent, Supervisor, SupervisorOptions, Transition } from "./supervisor-types.ts";
import { skillNameOf, type TaskNode } from "./task-tree.ts";
import { transitionsBetween } from "./transitions.ts";

/** A supervisor for one task. Nothing happens before `booted()` and the operator's `start`. Throws AgentError `goal.mismatch` when the task does not fit the skills. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  for (const tree of [options.task, ...(options.left ? [options.left.tree] : [])]) {
    const problem = taskProblems(tree, options)[0];
    if (problem) throw new AgentError("goal.mismatch", `task at "${problem.path}": ${problem.problem}`);
  }
  return new Shell(options);
}

class Shell implements Supervisor {
  readonly intents: Subject<Intent> = new Subject();
  readonly faults: Subject<Fault> = new Subject();
  readonly transitions: Subject<Transition> = new Subject();
  readonly states: BehaviorSubject<SupervisorState>;
  readonly #clock: SupervisorOptions["clock"];
  readonly #bornNs: bigint;
  readonly #setting: Setting;
  readonly #keep: SupervisorOptions["keep"];
  #isKept = true;
  #snapshot: SupervisorSnapshot;
  #state: SupervisorState;
  /** What is still to be told, in order; whoever hears of it may cause more. */
  readonly #untold: (() => void)[] = [];
  #isTelling = false;
  #alarm: AbortController | null = null;

  constructor({ clock, skills, goals, task, left = null, keep, resume = "self", autonomy = "autonomous" }: SupervisorOptions) {
    this.#clock = clock;
    this.#setting = { skills, goals, resume, autonomy };
    this.#keep = keep;
    this.#snapshot = left === null ? initialSnapshot(task) : afterInterruption(left, task);
    this.#bornNs = clock.nowNs() - BigInt(Math.round(this.#snapshot.nowMs * 1e6));
    this.#state = describe(this.#snapshot);
    this.states = new BehaviorSubject(this.#state);
  }

  get state(): SupervisorState {
    return this.#state;
  }

  get snapshot(): SupervisorSnapshot {
    return this.#snapshot;
  }

  assign(task: TaskNode): string | null {
    this.#passTime();
    if (this.#snapshot.run !== null) return "a task is running; stop it first";
    const problem = taskProblems(task, this.#setting)[0];
    if (problem) return problem.problem;
    this.#take({ type: "assign", task });
    return null;
  }

  preempt(task: TaskNode, urgency: number): string | null {
    this.#passTime();
    const why = preemptRefusal(this.#snapshot, urgency) ?? taskProblems(task, this.#setting)[0]?.problem ?? null;
    if (why === null) this.#take({ type: "preempt", task, urgency });
    return why;
  }

  booted(): void {
    this.#take({ type: "booted" });
  }

  prepared(path: string): void {
    this.#take({ type: "prepared", path });
  }

  decided(path: string, measures: Measures): Progress | null {
    this.#passTime();
    if (this.#snapshot.agent.value !== "running") return null;
    const skill = this.#snapshot.run?.skills.find((each) => each.path === path && isDeciding(each));
    try {
      const progress = skill ? this.#judge(skill, measures) : null;
      this.#take({ type: "decided", path, progress });
      return progress;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.fault(error);
      return null;
    }
  }

  healthy(): void {
    this.#take({ type: "healthy" });
  }

  fault(error: unknown): Decision {
    const fault = {
      code: error instanceof AgentError ? error.code : null,
      message: error instanceof Error ? error.message : String(error),
    };
    this.#passTime();
    const decision = decideNow(this.#snapshot, fault);
    this.#take({ type: "fault", fault }, () => this.faults.next({ error, decision }));
    return decision;
  }

  command(command: OperatorCommand): string | null {
    this.#passTime();
    const why = refusal(this.#snapshot, command);
    if (why === null) this.#take({ type: "command", command });
    return why;
  }

  atRest(): void {
    this.#take({ type: "at-rest" });
  }

  [Symbol.dispose](): void {
    this.#take({ type: "dispose" });
    this.#alarm?.abort();
    this.intents.complete();
    this.faults.complete();
    this.transitions.complete();
    this.states.complete();
  }

  #judge({ node, firstValue }: SkillRun, measures: Measures): Progress {
    return judge(skillNameOf(node), findSkill(node, this.#setting).success, measures, firstValue);
  }

  /** What is answered is answered of now. */
  #passTime(): void {
    this.#take({ type: "time" });
  }

  /** The only way anything changes: one event, one step, then what it made of it is told. */
  #take(event: SupervisorEvent, afterwards?: () => void): void {
    const [next, intents] = step(this.#setting, this.#snapshot, { ...event, atMs: this.#nowMs() });
    const isNew = next !== this.#snapshot;
    const changes = isNew ? transitionsBetween(this.#snapshot, next, intents) : [];
    this.#snapshot = next;
    const unkept = isNew ? this.#store() : null;
    if (isNew) {
      this.#state = describe(next);
      this.#untold.push(() => this.states.next(describe(next)));
      this.#setAlarm();
    }
    for (const change of changes) this.#untold.push(() => this.transitions.next(change));
    for (const intent of intents) this.#untold.push(() => this.intents.next(intent));
    if (afterwards) this.#untold.push(afterwards);
    if (unkept !== null) this.fault(unkept);
    this.#tell();
  }

  /** SAFETY: before anything that follows is told, so that a later process does nothing again. Why it was not kept, told once: what follows cannot be kept either. */
  #store(): AgentError | null {
    const wasKept = this.#isKept;
    try {
      this.#keep?.(this.#snapshot);
      this.#isKept = true;
      return null;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#isKept = false;
      return wasKept ? error : null;
    }
  }

  /** In the order in which it came about, also when somebody who is told acts on it at once. */
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#untold.shift(); next; next = this.#untold.shift()) next();
    } finally {
      this.#isTelling = false;
    }
  }

  /** Lets the time event come when the next deadline is due. */
  #setAlarm(): void {
    this.#alarm?.abort();
    const { deadlines, heldSinceMs } = this.#snapshot;
    const inMs = nextInMs(deadlines, { nowMs: this.#nowMs(), heldSinceMs });
    if (inMs === null) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const ring = (): void => {
      if (alarm.signal.aborted) return;
      this.#passTime();
      if (this.#alarm === alarm) this.#setAlarm(); // It rang a little early, as timers of the machine may: nothing was due yet.
    };
    this.#clock.sleep(inMs, alarm.signal).then(ring, (reason: unknown) => {
      if (!alarm.signal.aborted) throw reason;
    });
  }

  #nowMs(): number {
    return nsToMs(this.#clock.nowNs() - this.#bornNs);
  }
}
