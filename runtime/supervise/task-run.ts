/** One run of a task: the task's statechart and a statechart for each skill in progress, wired together. */
import { type Actor, createActor } from "xstate";
import type { Measures, Skill, SuccessSpec } from "../core/skill.ts";
import { findSkill } from "./check-task.ts";
import { judge, type Progress } from "./progress.ts";
import { type SkillEvent, skillMachine } from "./skill-machine.ts";
import type { ActiveSkill, Intent } from "./supervisor-types.ts";
import { type TaskIntent, type TaskResult, taskMachine } from "./task-machine.ts";
import type { TaskNode } from "./task-tree.ts";
import type { Timers } from "./timers.ts";

export interface TaskRunOptions {
  readonly skills: Readonly<Record<string, Skill>>;
  readonly task: TaskNode;
  readonly timers: Timers;
  readonly onIntent: (intent: Intent) => void;
  readonly onChange: () => void;
  readonly onEnd: (result: TaskResult["result"], reason: string) => void;
}

export interface TaskRun {
  begin(): void;
  prepared(path: string): void;
  decided(path: string, measures: Measures): Progress | null;
  /** Every skill in progress gives up its attempt. */
  retry(reason: string): void;
  stop(reason: string): void;
  describe(): readonly ActiveSkill[];
}

interface SkillRun {
  readonly actor: Actor<typeof skillMachine>;
  readonly success: SuccessSpec;
  firstValue: number | null;
  progress: number;
}

/** Builds the run; nothing happens before `begin`. */
export function startTask(options: TaskRunOptions): TaskRun {
  const { skills, task, timers, onIntent, onChange, onEnd } = options;
  const runs = new Map<string, SkillRun>();
  const actor = createActor(taskMachine(task), { clock: timers });

  const startSkill = (start: TaskIntent & { type: "start-skill" }): void => {
    const { path, node } = start;
    const { skill: name, goal, retries } = node;
    const { skill, success } = findSkill(start.node, skills);
    const { decisions, timeoutS } = skill.limits;
    const input = { name, decisionsMax: decisions, timeoutMs: timeoutS * 1000, successSteps: success.steps, retriesMax: retries };
    const run: SkillRun = { actor: createActor(skillMachine, { clock: timers, input }), success, firstValue: null, progress: 0 };
    runs.set(path, run);
    run.actor.on("prepare", (attempt) => {
      run.firstValue = null;
      run.progress = 0;
      const intent = { path, skill: name, goal };
      onIntent(attempt.retries === 0 ? { type: "start-skill", ...intent } : { type: "retry", ...intent, reason: attempt.reason });
    });
    run.actor.subscribe((snapshot) => {
      if (snapshot.status !== "done") return onChange();
      const { result, reason } = snapshot.output;
      onIntent({ type: "leave-skill", path, result, reason });
      if (!runs.delete(path)) return; // The task left it first and knows.
      actor.send(result === "done" ? { type: "skill-done", path } : { type: "skill-failed", path, reason });
    });
    run.actor.start();
  };

  actor.on("start-skill", (intent) => startSkill(intent as TaskIntent & { type: "start-skill" }));
  // Left by the task although not at its end: a timeout, a sibling or a stop ended it.
  actor.on("leave-skill", (intent) => {
    const { path } = intent as TaskIntent;
    const run = runs.get(path);
    runs.delete(path);
    run?.actor.send({ type: "stop", reason: "The task went on without it." });
  });
  actor.subscribe((snapshot) => {
    onChange();
    if (snapshot.status !== "done") return;
    const { result, reason } = snapshot.output as TaskResult;
    onEnd(result, reason);
  });
  const send = (path: string, event: SkillEvent): void => runs.get(path)?.actor.send(event);

  return {
    begin: () => void actor.start(),
    prepared: (path) => send(path, { type: "prepared" }),
    decided(path, measures): Progress | null {
      const run = runs.get(path);
      if (!run?.actor.getSnapshot().matches({ trying: "attempt" })) return null;
      const progress = judge(run.actor.getSnapshot().context.name, run.success, measures, run.firstValue);
      run.firstValue ??= progress.value;
      run.progress = progress.fraction;
      run.actor.send({ type: "decided", met: progress.met });
      return progress;
    },
    retry: (reason) => [...runs.keys()].forEach((path) => void send(path, { type: "retry", reason })),
    stop: (reason) => void actor.send({ type: "stop", reason }),
    describe: () => [...runs].map(([path, run]) => describeSkill(path, run)),
  };
}

function describeSkill(path: string, run: SkillRun): ActiveSkill {
  const snapshot = run.actor.getSnapshot();
  const { name, decisions, retries } = snapshot.context;
  const state = snapshot.matches({ trying: "preparing" })
    ? "preparing"
    : snapshot.matches({ trying: { attempt: "verifying" } })
      ? "verifying"
      : "acting";
  return { path, name, state, decisions, retries, progress: run.progress };
}
