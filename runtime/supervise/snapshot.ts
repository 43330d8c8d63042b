/** Everything that a supervisor knows, as plain data: it can be stored, compared, and gone on with by another process. */
import { matchesState } from "xstate";
import type { ActiveSkill, AgentState, SupervisorState, TaskState } from "../core/supervision.ts";
import { type AgentContext, type AgentInput, agentMachine } from "./agent-machine.ts";
import type { Deadline } from "./deadlines.ts";
import type { SkillContext } from "./skill-machine.ts";
import { begin, type Position } from "./statechart.ts";
import type { TaskContext } from "./task-machine.ts";
import type { SkillNode, TaskNode } from "./task-tree.ts";

export interface SupervisorSnapshot {
  /** When it last changed: milliseconds of the supervisor's time, which counts all its processes and none of the time between them. */
  readonly nowMs: number;
  readonly agent: Position<AgentContext & AgentInput>;
  /** The task that runs, or that the next start begins. */
  readonly tree: TaskNode;
  readonly task: TaskState;
  /** Null while no task runs. */
  readonly run: RunSnapshot | null;
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

/** One run of the task. */
export interface RunSnapshot {
  readonly at: Position<TaskContext>;
  /** Those in progress, in the order they began. */
  readonly skills: readonly SkillRun[];
}

export interface SkillRun {
  /** Place in the task tree. */
  readonly path: string;
  readonly node: SkillNode;
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
    deadlines: [],
    heldSinceMs: null,
    healthyInARow: 0,
    ignoredInARow: 0,
    holds: 0,
  };
}

/** True only when a segment may be sent for a skill in progress. */
export const mayAct = ({ agent, run }: SupervisorSnapshot): boolean => agent.value === "running" && (run?.skills.some(isActing) ?? false);

/** Decisions may be made for it. */
export const isActing = (skill: SkillRun): boolean => skillState(skill) !== "preparing";

/** A snapshot as people and pages see it. */
export const describe = (snapshot: SupervisorSnapshot): SupervisorState => ({
  agent: snapshot.agent.value as AgentState,
  task: snapshot.task,
  skills: (snapshot.run?.skills ?? []).map(describeSkill),
  reason: snapshot.agent.context.reason,
  mayAct: mayAct(snapshot),
});

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

function skillState({ at, preparation }: SkillRun): ActiveSkill["state"] {
  if (preparation !== "done") return "preparing";
  return matchesState({ trying: { attempt: "verifying" } }, at.value) ? "verifying" : "acting";
}
