/** The supervisor as a pure function: (snapshot, event) -> [snapshot, intents]. It joins the statecharts of agent, task and skills; nothing here happens by itself. */
import type { AnyStateMachine } from "xstate";
import { invariant } from "../core/errors.ts";
import type { OperatorCommand } from "../core/supervision.ts";
import { type AgentEvent, type AgentIntent, agentMachine } from "./agent-machine.ts";
import { byWhom, decideNow, type FaultReport } from "./bounds.ts";
import { findGoal, findSkill, type Known } from "./check-task.ts";
import { AGENT_EVENTS, refusal } from "./commands.ts";
import { changed, type Deadline, due, heldFor, type Owner, type Times, without } from "./deadlines.ts";
import { decisionOn } from "./decide.ts";
import type { Progress } from "./progress.ts";
import { type SkillEvent, type SkillInput, skillMachine } from "./skill-machine.ts";
import { isDeciding, type PreemptedRun, type RunSnapshot, rested, type SkillRun, type SupervisorSnapshot, skillState } from "./snapshot.ts";
import { advance, begin, type Move, type TimerChange } from "./statechart.ts";
import type { Intent } from "./supervisor-types.ts";
import { type TaskEvent, type TaskIntent, type TaskResult, taskMachine } from "./task-machine.ts";
import { AUTONOMIES, type Autonomy, type GoalSpec, skillNameOf, type TaskNode, URGENCY_MAX } from "./task-tree.ts";

/** Sound decisions in a row that end an automatic hold. */
export const HEALTHY_TO_RESUME = 3;

/** What does not change while the supervisor lives. */
export interface Setting extends Known {
  /** The least that skills ask for. */
  readonly autonomy: Autonomy;
  /** Who ends a hold that a fault of arm, senses or bridge began. */
  readonly resume: "operator" | "self";
}

/** What may happen, as data. */
export type SupervisorEvent =
  | { readonly type: "time" | "booted" | "healthy" | "at-rest" | "dispose" }
  | { readonly type: "assign"; readonly task: TaskNode }
  | { readonly type: "preempt"; readonly task: TaskNode; readonly urgency: number }
  | { readonly type: "prepared"; readonly path: string }
  /** `progress`: what was judged; null where no such skill is acting. */
  | { readonly type: "decided"; readonly path: string; readonly progress: Progress | null }
  | { readonly type: "fault"; readonly fault: FaultReport }
  | { readonly type: "command"; readonly command: OperatorCommand };

/** An event with its time: milliseconds of the supervisor's own, which never goes back. */
export type Stamped = SupervisorEvent & { readonly atMs: number };

/** The agent has a task in hand only in these states; when it leaves them the task is over. */
const IN_HAND: ReadonlySet<unknown> = new Set(["booting", "running", "holding"]);

const ASKS = { autonomous: "never", confirm: "first", manual: "every" } as const satisfies Readonly<Record<Autonomy, SkillInput["asks"]>>;
const stricter = (a: Autonomy, b: Autonomy): Autonomy => (AUTONOMIES.indexOf(a) > AUTONOMIES.indexOf(b) ? a : b);

/** Null when a task of this urgency may come first now, else why not. */
export function preemptRefusal({ agent, run, urgency: now }: SupervisorSnapshot, urgency: number): string | null {
  if (agent.value !== "running" || run === null) return `no task can come first while the agent is ${agent.value}`;
  const isOne = Number.isInteger(urgency) && urgency >= 1 && urgency <= URGENCY_MAX;
  if (!isOne) return `urgency ${urgency} is none; give a whole number from 1 to ${URGENCY_MAX}`;
  return urgency > now ? null : `a task of urgency ${now} is in hand; only a higher one comes before it`;
}

/** Total: every event may come at every moment; what is due by then comes first. The same snapshot comes back when the event changes nothing. */
export function step(setting: Setting, snapshot: SupervisorSnapshot, event: Stamped): readonly [SupervisorSnapshot, readonly Intent[]] {
  const next = new Step(setting, snapshot, Math.max(snapshot.nowMs, event.atMs));
  next.passTime();
  next.take(event);
  return [next.snapshot, next.intents];
}

/** One event on its way: the snapshot so far, and what was announced. */
class Step {
  snapshot: SupervisorSnapshot;
  readonly intents: Intent[] = [];
  readonly #setting: Setting;
  readonly #nowMs: number;

  constructor(setting: Setting, snapshot: SupervisorSnapshot, nowMs: number) {
    this.#setting = setting;
    this.snapshot = snapshot;
    this.#nowMs = nowMs;
  }

  /** Sends what is due to its owner, each at most once: what it arms anew lies ahead. */
  passTime(): void {
    for (const deadline of due(this.snapshot.deadlines, this.#times)) {
      if (!this.snapshot.deadlines.includes(deadline)) continue; // An earlier one made it void.
      const { owner, id } = deadline;
      this.#put({ deadlines: this.snapshot.deadlines.filter((each) => each !== deadline) });
      const event = { type: id } as unknown; // xstate names a timer's event after its delay and state.
      if (owner.kind === "agent") this.#agent(event as AgentEvent);
      else if (owner.kind === "task") this.#task(event as TaskEvent);
      else this.#skill(owner.path, event as SkillEvent);
    }
  }

  take(event: SupervisorEvent): void {
    if (event.type === "booted" || event.type === "at-rest") this.#agent({ type: event.type });
    else if (event.type === "command") this.#command(event.command);
    else if (event.type === "prepared") this.#prepared(event.path);
    else if (event.type === "decided") this.#decided(event.path, event.progress);
    else if (event.type === "healthy") this.#healthy();
    else if (event.type === "fault") this.#fault(event.fault);
    else if (event.type === "dispose") this.#task({ type: "stop", reason: "The supervisor is disposed." });
    else if (event.type === "preempt") this.#preempt(event.task, event.urgency);
    else if (event.type === "assign" && this.snapshot.run === null) this.#put({ tree: event.task });
  }

  #command(command: OperatorCommand): void {
    if (refusal(this.snapshot, command) !== null) return;
    if (command === "abort") this.#task({ type: "stop", reason: "An operator aborted the task." });
    else if (command === "restart-skill") {
      for (const { path } of this.#run.skills) this.#skill(path, { type: "restart", reason: "An operator began the skill anew." });
      this.#agent(AGENT_EVENTS.resume);
    } else if (command === "confirm" || command === "decline") {
      const answer: SkillEvent = command === "confirm" ? { type: "confirmed" } : { type: "declined", reason: "An operator declined it." };
      for (const { path } of this.#run.skills) this.#skill(path, answer);
    } else this.#agent(AGENT_EVENTS[command]);
  }

  #preempt(tree: TaskNode, urgency: number): void {
    const { snapshot } = this;
    if (preemptRefusal(snapshot, urgency) !== null) return;
    const waiting = { tree: snapshot.tree, run: this.#run, urgency: snapshot.urgency, sinceMs: this.#nowMs };
    const isMine = ({ owner }: Deadline): boolean => owner.kind !== "agent";
    this.#put({
      tree,
      urgency,
      preempted: [{ ...waiting, deadlines: snapshot.deadlines.filter(isMine) }, ...snapshot.preempted],
      deadlines: snapshot.deadlines.filter((each) => !isMine(each)),
    });
    this.intents.push({ type: "preempt", urgency, reason: `A task of urgency ${urgency} comes first.` });
    this.#beginTask();
  }

  /** The more urgent task is over: the one before goes on, as after an interruption. */
  #return({ tree, run, urgency, deadlines, sinceMs }: PreemptedRun, { result, reason }: TaskResult): void {
    this.#put({
      tree,
      urgency,
      run: { ...run, skills: run.skills.map(rested) },
      preempted: this.snapshot.preempted.slice(1),
      deadlines: [...this.snapshot.deadlines, ...heldFor(deadlines, this.#nowMs - sinceMs)],
    });
    this.intents.push({ type: "return", result: result === "succeeded" ? result : "failed", reason });
    this.#goOn();
  }

  /** An attempt begins, or goes on in another process than before. */
  #prepared(path: string): void {
    const skill = this.#skillAt(path);
    if (skill?.preparation !== "begun") return;
    this.#putSkill({ ...skill, preparation: "done" });
    this.#skill(path, { type: "prepared" });
  }

  #decided(path: string, progress: Progress | null): void {
    if (this.snapshot.agent.value !== "running") return;
    this.#healthy();
    const skill = this.#skillAt(path);
    if (progress === null || !skill || !isDeciding(skill)) return;
    this.#putSkill({ ...skill, firstValue: skill.firstValue ?? progress.value, progress: progress.fraction });
    this.#skill(path, { type: "decided", met: progress.met });
  }

  #healthy(): void {
    const healthyInARow = Math.min(HEALTHY_TO_RESUME, this.snapshot.healthyInARow + 1);
    if (healthyInARow !== this.snapshot.healthyInARow || this.snapshot.ignoredInARow !== 0) this.#put({ healthyInARow, ignoredInARow: 0 });
    if (healthyInARow >= HEALTHY_TO_RESUME) this.#agent({ type: "resume", by: "fault" });
  }

  #fault(fault: FaultReport): void {
    const { snapshot } = this;
    const { reaction, reason: because } = decideNow(snapshot, fault);
    const by = byWhom(snapshot, fault, this.#setting.resume);
    const reason = `${fault.message} ${because}`;
    const isHeld = reaction === "hold" && snapshot.agent.value === "running";
    this.#put({
      healthyInARow: 0,
      ignoredInARow: snapshot.ignoredInARow + (decisionOn(fault.code).reaction === "ignore" ? 1 : 0),
      holds: snapshot.holds + (isHeld ? 1 : 0),
    });
    if (reaction === "hold" || reaction === "stop") this.#agent({ type: reaction, by, reason });
    else if (reaction === "retry" && snapshot.agent.value === "running")
      for (const { path } of snapshot.run?.skills ?? []) this.#skill(path, { type: "retry", reason });
  }

  #agent(event: AgentEvent): void {
    const { at, emitted, timers } = advance(agentMachine, this.snapshot.agent, event);
    const isSame = at.value === this.snapshot.agent.value && at.context === this.snapshot.agent.context;
    if (!isSame) this.#put({ agent: at });
    this.#setTimers({ kind: "agent" }, timers);
    for (const intent of emitted) this.#obey(intent);
    if (!IN_HAND.has(this.snapshot.agent.value)) this.#task({ type: "stop", reason: this.snapshot.agent.context.reason });
  }

  #obey(intent: AgentIntent): void {
    if (intent.type !== "start-task") this.intents.push(intent);
    if (intent.type === "start-task") this.#startTask();
    else if (intent.type === "hold") this.#put({ heldSinceMs: this.snapshot.heldSinceMs ?? this.#nowMs });
    else if (intent.type === "resume") this.#resume();
  }

  /** Time passes again; what another process had prepared is prepared anew. */
  #resume(): void {
    const { heldSinceMs, deadlines } = this.snapshot;
    invariant(heldSinceMs !== null, "only what was held is resumed");
    this.#put({ heldSinceMs: null, deadlines: heldFor(deadlines, this.#nowMs - heldSinceMs) });
    this.#goOn();
  }

  /** What was prepared in another process, or before another task, is prepared anew. */
  #goOn(): void {
    for (const skill of this.snapshot.run?.skills ?? []) {
      if (skill.preparation !== "none" || skillState(skill) === "asking") continue;
      this.#putSkill({ ...skill, preparation: "begun" });
      this.intents.push({ type: "start-skill", ...this.#aim(skill) });
    }
  }

  #startTask(): void {
    invariant(this.snapshot.run === null, "a task starts only when none is running");
    this.#put({ task: "running", urgency: 0, heldSinceMs: null, holds: 0, ignoredInARow: 0 });
    this.#beginTask();
  }

  #beginTask(): void {
    const move = begin(this.#chart);
    this.#put({ run: { at: move.at, skills: [] } });
    this.#afterTask(move);
  }

  #task(event: TaskEvent): void {
    const { run } = this.snapshot;
    if (run === null) return;
    const move = advance(this.#chart, run.at, event);
    this.#put({ run: { ...run, at: move.at } });
    this.#afterTask(move);
  }

  #afterTask({ timers, emitted, output }: Move<AnyStateMachine>): void {
    this.#setTimers({ kind: "task" }, timers);
    for (const intent of emitted as readonly TaskIntent[]) {
      if (intent.type === "start-skill") this.#startSkill(intent);
      else this.#leaveSkill(intent.path);
    }
    if (output === null || this.snapshot.run === null) return;
    this.#put({ run: null, deadlines: without(this.snapshot.deadlines, { kind: "task" }) });
    const ended = output as TaskResult;
    const [before] = this.snapshot.preempted;
    if (before && ended.result !== "stopped") this.#return(before, ended);
    else this.#finish(ended);
  }

  /** With the tasks that waited for it, if any: they were stopped with it. */
  #finish({ result, reason }: TaskResult): void {
    for (const { path } of this.snapshot.preempted.flatMap(({ run }) => run.skills))
      this.intents.push({ type: "leave-skill", path, result: "failed", reason });
    this.#put({ task: result, preempted: [] });
    this.intents.push({ type: "finish", result, reason });
    this.#agent({ type: "finish", reason });
  }

  #startSkill({ path, node }: TaskIntent & { readonly type: "start-skill" }): void {
    const { skill, success } = findSkill(node, this.#setting);
    const looks = "condition" in node;
    const move = begin(skillMachine, {
      name: skill.name,
      decisionsMax: looks ? success.steps : skill.limits.decisions,
      timeoutMs: skill.limits.timeoutS * 1000,
      successSteps: success.steps,
      retriesMax: looks ? 0 : node.retries,
      asks: looks ? "never" : ASKS[stricter(node.autonomy ?? "autonomous", this.#setting.autonomy)],
    });
    const run = this.#run;
    const begun: SkillRun = { path, node, preparation: "none", at: move.at, firstValue: null, progress: 0 };
    this.#put({ run: { ...run, skills: [...run.skills, begun] } });
    this.#afterSkill(path, move);
  }

  /** Left by the task although not at its end: a timeout, a sibling or a stop ended it. */
  #leaveSkill(path: string): void {
    this.#skill(path, { type: "stop", reason: "The task went on without it." }, false);
  }

  #skill(path: string, event: SkillEvent, tellsTask = true): void {
    const skill = this.#skillAt(path);
    if (!skill) return;
    const move = advance(skillMachine, skill.at, event);
    this.#putSkill({ ...skill, at: move.at });
    this.#afterSkill(path, move, tellsTask);
  }

  #afterSkill(path: string, { timers, emitted, output }: Move<typeof skillMachine>, tellsTask = true): void {
    this.#setTimers({ kind: "skill", path }, timers);
    for (const { reason } of emitted) {
      const skill = this.#skillAt(path)!;
      this.#putSkill({ ...skill, preparation: "begun", firstValue: null, progress: 0 });
      const intent = this.#aim(skill);
      this.intents.push(skill.preparation === "none" ? { type: "start-skill", ...intent } : { type: "retry", ...intent, reason });
    }
    if (output === null) return;
    const { result, reason } = output;
    const run = this.#run;
    this.#put({
      run: { ...run, skills: run.skills.filter((each) => each.path !== path) },
      deadlines: without(this.snapshot.deadlines, { kind: "skill", path }),
    });
    this.intents.push({ type: "leave-skill", path, result, reason });
    if (tellsTask) this.#task(result === "done" ? { type: "skill-done", path } : { type: "skill-failed", path, reason });
  }

  /** What a skill is to be prepared for. */
  #aim({ path, node }: SkillRun): { readonly path: string; readonly skill: string; readonly goal: GoalSpec } {
    return { path, skill: skillNameOf(node), goal: findGoal(node, this.#setting) };
  }

  get #times(): Times {
    return { nowMs: this.#nowMs, heldSinceMs: this.snapshot.heldSinceMs };
  }

  get #chart(): AnyStateMachine {
    return taskMachine(this.snapshot.tree);
  }

  get #run(): RunSnapshot {
    const { run } = this.snapshot;
    invariant(run !== null, "a skill runs only within a task");
    return run;
  }

  #skillAt(path: string): SkillRun | undefined {
    return this.snapshot.run?.skills.find((each) => each.path === path);
  }

  #putSkill(skill: SkillRun): void {
    const run = this.#run;
    this.#put({ run: { ...run, skills: run.skills.map((each) => (each.path === skill.path ? skill : each)) } });
  }

  #setTimers(owner: Owner, changes: readonly TimerChange[]): void {
    if (changes.length > 0) this.#put({ deadlines: changed(this.snapshot.deadlines, owner, changes, this.#times) });
  }

  #put(changes: Partial<SupervisorSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...changes, nowMs: this.#nowMs };
  }
}
