/** The task in hand within one step: its statechart and those of its skills, which of them are begun and left, and what comes before it and goes on after it. */
import type { AnyStateMachine } from "xstate";
import { invariant } from "../core/errors.ts";
import { findGoal, findSkill } from "./check-task.ts";
import { type Deadline, heldFor, without } from "./deadlines.ts";
import type { Draft } from "./draft.ts";
import type { Progress } from "./progress.ts";
import { type SkillEvent, type SkillInput, skillMachine } from "./skill-machine.ts";
import { isDeciding, type PreemptedRun, type RunSnapshot, rested, type SkillRun, skillState } from "./snapshot.ts";
import { advance, begin, type Move } from "./statechart.ts";
import { type TaskEvent, type TaskIntent, type TaskResult, taskMachine } from "./task-machine.ts";
import { AUTONOMIES, type Autonomy, type GoalSpec, skillNameOf, type TaskNode } from "./task-tree.ts";

const ASKS = { autonomous: "never", confirm: "first", manual: "every" } as const satisfies Readonly<Record<Autonomy, SkillInput["asks"]>>;
const stricter = (a: Autonomy, b: Autonomy): Autonomy => (AUTONOMIES.indexOf(a) > AUTONOMIES.indexOf(b) ? a : b);

export class TaskInHand {
  readonly #draft: Draft;
  readonly #finished: (reason: string) => void;

  /** `finished` is told when the last task is over, for whatever reason. */
  constructor(draft: Draft, finished: (reason: string) => void) {
    this.#draft = draft;
    this.#finished = finished;
  }

  start(): void {
    invariant(this.#draft.snapshot.run === null, "a task starts only when none is running");
    this.#draft.put({ task: "running", heldSinceMs: null, holds: 0, ignoredInARow: 0 });
    this.#begin();
  }

  /** What is in hand, or would be begun next, waits; this one is begun next. */
  layBy(tree: TaskNode, urgency: number): void {
    const { snapshot, nowMs } = this.#draft;
    const isMine = ({ owner }: Deadline): boolean => owner.kind !== "agent";
    const { run, urgency: before, deadlines } = snapshot;
    const waiting = { tree: snapshot.tree, run, urgency: before, sinceMs: nowMs, deadlines: deadlines.filter(isMine) };
    this.#draft.put({
      tree,
      urgency,
      preempted: [waiting, ...snapshot.preempted],
      deadlines: deadlines.filter((each) => !isMine(each)),
    });
  }

  preempt(tree: TaskNode, urgency: number): void {
    this.layBy(tree, urgency);
    this.#draft.announce({ type: "preempt", urgency, reason: `A task of urgency ${urgency} comes first.` });
    this.#begin();
  }

  /** Nothing while no task is in hand. */
  send(event: TaskEvent): void {
    const { run } = this.#draft.snapshot;
    if (run === null) return;
    const move = advance(this.#chart, run.at, event);
    this.#draft.put({ run: { ...run, at: move.at } });
    this.#follow(move);
  }

  /** To one skill in progress; nothing where there is none. */
  sendSkill(path: string, event: SkillEvent, tellsTask = true): void {
    const skill = this.#draft.skillAt(path);
    if (!skill) return;
    const move = advance(skillMachine, skill.at, event);
    this.#draft.putSkill({ ...skill, at: move.at });
    this.#followSkill(path, move, tellsTask);
  }

  sendSkills(event: SkillEvent): void {
    for (const { path } of this.#draft.snapshot.run?.skills ?? []) this.sendSkill(path, event);
  }

  /** An attempt begins, or goes on in another process than before. */
  prepared(path: string): void {
    const skill = this.#draft.skillAt(path);
    if (skill?.preparation !== "begun") return;
    this.#draft.putSkill({ ...skill, preparation: "done" });
    this.sendSkill(path, { type: "prepared" });
  }

  decided(path: string, progress: Progress): void {
    const skill = this.#draft.skillAt(path);
    if (!skill || !isDeciding(skill)) return;
    this.#draft.putSkill({ ...skill, firstValue: skill.firstValue ?? progress.value, progress: progress.fraction });
    this.sendSkill(path, { type: "decided", met: progress.met });
  }

  /** What was prepared in another process, or before another task, is prepared anew. */
  goOn(): void {
    for (const skill of this.#draft.snapshot.run?.skills ?? []) {
      if (skill.preparation !== "none" || skillState(skill) === "asking") continue;
      this.#draft.putSkill({ ...skill, preparation: "begun" });
      this.#draft.announce({ type: "start-skill", ...this.#aim(skill) });
    }
  }

  #begin(): void {
    const move = begin(this.#chart);
    this.#draft.put({ run: { at: move.at, skills: [] } });
    this.#follow(move);
  }

  #follow({ timers, emitted, output }: Move<AnyStateMachine>): void {
    this.#draft.setTimers({ kind: "task" }, timers);
    for (const intent of emitted as readonly TaskIntent[]) {
      if (intent.type === "start-skill") this.#startSkill(intent);
      else this.#leaveSkill(intent.path);
    }
    const { run, preempted, deadlines } = this.#draft.snapshot;
    if (output === null || run === null) return;
    this.#draft.put({ run: null, deadlines: without(deadlines, { kind: "task" }) });
    const ended = output as TaskResult;
    const [before] = preempted;
    if (before?.run && ended.result !== "stopped") this.#return({ ...before, run: before.run }, ended);
    else this.#finish(ended);
  }

  /** The more urgent task is over: the one before goes on, as after an interruption. */
  #return({ tree, run, urgency, deadlines, sinceMs }: PreemptedRun & { readonly run: RunSnapshot }, { result, reason }: TaskResult): void {
    const { snapshot, nowMs } = this.#draft;
    this.#draft.put({
      tree,
      urgency,
      run: { ...run, skills: run.skills.map(rested) },
      preempted: snapshot.preempted.slice(1),
      deadlines: [...snapshot.deadlines, ...heldFor(deadlines, nowMs - sinceMs)],
    });
    this.#draft.announce({ type: "return", result: result === "succeeded" ? result : "failed", reason });
    this.goOn();
  }

  /** With the tasks that waited for it, if any: they were stopped with it. The next start begins the one that was started, or would have been. */
  #finish({ result, reason }: TaskResult): void {
    const { tree, preempted } = this.#draft.snapshot;
    for (const { path } of preempted.flatMap(({ run }) => run?.skills ?? []))
      this.#draft.announce({ type: "leave-skill", path, result: "failed", reason });
    this.#draft.put({ task: result, tree: preempted.at(-1)?.tree ?? tree, urgency: 0, preempted: [] });
    this.#draft.announce({ type: "finish", result, reason });
    this.#finished(reason);
  }

  #startSkill({ path, node }: TaskIntent & { readonly type: "start-skill" }): void {
    const { setting, run } = this.#draft;
    const { skill, success } = findSkill(node, setting);
    const looks = "condition" in node;
    const move = begin(skillMachine, {
      name: skill.name,
      decisionsMax: looks ? success.steps : skill.limits.decisions,
      timeoutMs: skill.limits.timeoutS * 1000,
      successSteps: success.steps,
      retriesMax: looks ? 0 : node.retries,
      asks: looks ? "never" : ASKS[stricter(node.autonomy ?? "autonomous", setting.autonomy)],
    });
    const begun: SkillRun = { path, node, preparation: "none", at: move.at, firstValue: null, progress: 0 };
    this.#draft.put({ run: { ...run, skills: [...run.skills, begun] } });
    this.#followSkill(path, move);
  }

  /** Left by the task although not at its end: a timeout, a sibling or a stop ended it. */
  #leaveSkill(path: string): void {
    this.sendSkill(path, { type: "stop", reason: "The task went on without it." }, false);
  }

  #followSkill(path: string, { timers, emitted, output }: Move<typeof skillMachine>, tellsTask = true): void {
    this.#draft.setTimers({ kind: "skill", path }, timers);
    for (const { reason } of emitted) {
      const skill = this.#draft.skillAt(path)!;
      this.#draft.putSkill({ ...skill, preparation: "begun", firstValue: null, progress: 0 });
      const aim = this.#aim(skill);
      this.#draft.announce(skill.preparation === "none" ? { type: "start-skill", ...aim } : { type: "retry", ...aim, reason });
    }
    if (output === null) return;
    const { result, reason } = output;
    const { run, snapshot } = this.#draft;
    this.#draft.put({
      run: { ...run, skills: run.skills.filter((each) => each.path !== path) },
      deadlines: without(snapshot.deadlines, { kind: "skill", path }),
    });
    this.#draft.announce({ type: "leave-skill", path, result, reason });
    if (tellsTask) this.send(result === "done" ? { type: "skill-done", path } : { type: "skill-failed", path, reason });
  }

  /** What a skill is to be prepared for. */
  #aim({ path, node }: SkillRun): { readonly path: string; readonly skill: string; readonly goal: GoalSpec } {
    return { path, skill: skillNameOf(node), goal: findGoal(node, this.#draft.setting) };
  }

  get #chart(): AnyStateMachine {
    return taskMachine(this.#draft.snapshot.tree);
  }
}
