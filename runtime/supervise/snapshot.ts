/** Everything that a supervisor knows, as plain data: it can be stored, compared, and gone on with by another process. */
import { matchesState } from "xstate";
import type { ActiveSkill, AgentState, SkillState, SupervisorState, TaskState } from "../core/supervision.ts";
import { type AgentContext, type AgentInput, agentMachine } from "./agent-machine.ts";
import type { Deadline } from "./deadlines.ts";
import { type SkillContext, skillMachine } from "./skill-machine.ts";
import { advance, begin, type Position } from "./statechart.ts";
import type { TaskContext } from "./task-machine.ts";
import type { LookingNode, TaskNode } from "./task-tree.ts";

export interface SupervisorSnapshot {
  /** When it last changed: milliseconds of the supervisor's time, which counts all its processes and none of the time between them. */
  readonly nowMs: number;
  readonly agent: Position<AgentContext & AgentInput>;
  /** The task that runs, or that the next start begins. */
  readonly tree: TaskNode;
  readonly task: TaskState;
  /** Null while no task runs. */
  readonly run: RunSnapshot | null;
  /** Of the task in hand: 0 for one that was started. */
  readonly urgency: number;
  /** Tasks that more urgent ones came before, the last first. */
  readonly preempted: readonly PreemptedRun[];
  readonly deadlines: readonly Deadline[];
  /** Since when the task's time stands still, milliseconds; null while it passes. */
  readonly heldSinceMs: number | null;
  /** Sound decisions without an error between them, as far as they count. */
  readonly healthyInARow: number;
  /** Ignored errors without a sound decision between them. */
  readonly ignoredInARow: number;
  /** Automatic holds of this task. */
  readonly holds: number;
}

/** A task that goes on when a more urgent one is over; one that was not begun waits for a start. */
export interface PreemptedRun {
  readonly tree: TaskNode;
  /** Null where it was not begun. */
  readonly run: RunSnapshot | null;
  readonly urgency: number;
  readonly deadlines: readonly Deadline[];
  /** Since when its time stands still, milliseconds. */
  readonly sinceMs: number;
}

/** One run of the task. */
export interface RunSnapshot {
  readonly at: Position<TaskContext>;
  /** Those in progress, in the order they began. */
  readonly skills: readonly SkillRun[];
}

export interface SkillRun {
  /** Place in the task tree. */
  readonly path: string;
  readonly node: LookingNode;
  /** Whether its goal is encoded and its solver ready: none in this process, asked for, done. */
  readonly preparation: "none" | "begun" | "done";
  readonly at: Position<SkillContext>;
  /** The success measure at the attempt's first decision, in its unit; null before. */
  readonly firstValue: number | null;
  /** 0..1, see progress.ts. */
  readonly progress: number;
}

/** A supervisor of a task before anything happened. */
export function initialSnapshot(tree: TaskNode): SupervisorSnapshot {
  return {
    nowMs: 0,
    agent: begin(agentMachine, { interrupted: null }).at,
    tree,
    task: "none",
    run: null,
    urgency: 0,
    preempted: [],
    deadlines: [],
    heldSinceMs: null,
    healthyInARow: 0,
    ignoredInARow: 0,
    holds: 0,
  };
}

/** True only when a segment may be sent for a skill in progress. */
const mayAct = ({ agent, run }: SupervisorSnapshot): boolean => agent.value === "running" && (run?.skills.some(isActing) ?? false);

/** It may act, or was acting when it began to hold. */
export const isUnderWay = ({ agent, run }: SupervisorSnapshot): boolean =>
  (agent.value === "running" || agent.value === "holding") && (run?.skills.some(isActing) ?? false);

const ACTING: ReadonlySet<SkillState> = new Set(["acting", "verifying"]);
const isActing = (skill: SkillRun): boolean => ACTING.has(skillState(skill));

/** Decisions count for it: it acts, or looks. */
export const isDeciding = (skill: SkillRun): boolean => isActing(skill) || skillState(skill) === "looking";

/** A snapshot as people and pages see it. */
export const describe = (snapshot: SupervisorSnapshot): SupervisorState => ({
  agent: snapshot.agent.value as AgentState,
  task: snapshot.task,
  skills: (snapshot.run?.skills ?? []).map(describeSkill),
  reason: firstReason(snapshot) ?? snapshot.agent.context.reason,
  mayAct: mayAct(snapshot),
  ...holdEnds(snapshot),
});

/** Only a person ends what a person began. */
const holdEnds = ({ agent: { value, context } }: SupervisorSnapshot): Pick<SupervisorState, "holdEnds"> =>
  value === "holding" ? { holdEnds: context.by === "fault" ? "by-itself" : "when-told" } : {};

/** While a more urgent task is being done that is why the agent does what it does; null otherwise. */
function firstReason({ agent, urgency, preempted }: SupervisorSnapshot): string | null {
  if (agent.value !== "running" || preempted.length === 0) return null;
  const begun = preempted.filter(({ run }) => run !== null).length;
  if (begun === 0) return `A task of urgency ${urgency} is being done; the one that waits begins when somebody says start.`;
  return `A task of urgency ${urgency} comes first; ${begun === 1 ? "the one before goes on" : `${begun} before go on`} after it.`;
}

/** What the agent is doing, in words; null when it has no task in hand. */
export function describeActivity(state: SupervisorState): string | null {
  if (state.task !== "running") return null;
  const skills = state.skills.map((skill) => `${skill.name} at "${skill.path}" (${skill.state}, ${skill.decisions} decisions)`).join(", ");
  return `${state.agent}${skills ? `: ${skills}` : ""}`;
}

function describeSkill(skill: SkillRun): ActiveSkill {
  const { name, decisions, retries } = skill.at.context;
  return { path: skill.path, name, state: skillState(skill), decisions, retries, progress: skill.progress };
}

export function skillState({ at, node, preparation }: SkillRun): SkillState {
  if (matchesState({ trying: "asking" }, at.value)) return "asking";
  if (preparation !== "done") return "preparing";
  if ("condition" in node) return "looking";
  return matchesState({ trying: { attempt: "verifying" } }, at.value) ? "verifying" : "acting";
}

/** What a skill is that nobody looked at for a while: its counts and its time are kept; its goal must be encoded anew, and success be proven anew. */
export const rested = (skill: SkillRun): SkillRun => ({
  ...skill,
  at: advance(skillMachine, skill.at, { type: "interrupted" }).at,
  preparation: "none",
});
