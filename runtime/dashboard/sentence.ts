/** Where the agent stands, in one sentence for whoever looks up at the page. */
import type { ActiveSkill, SupervisorState } from "../core/supervision.ts";

const AGENT: Readonly<Record<SupervisorState["agent"], string>> = {
  booting: "The agent is starting",
  idle: "Idle",
  running: "Running",
  holding: "Holding: the arm rests",
  stopping: "Stopping: the arm comes to rest",
  stopped: "Stopped: the arm stays at rest until a reset",
  faulted: "Faulted: the arm stays at rest until a person looks and resets",
};
const GOES_ON: Readonly<Record<NonNullable<SupervisorState["holdEnds"]>, string>> = {
  "by-itself": " and goes on by itself once the cause is gone",
  "when-told": " and goes on when told",
};
const SKILL: Readonly<Record<ActiveSkill["state"], string>> = {
  asking: "asks a person to confirm",
  preparing: "is getting ready",
  looking: "looks, and moves nothing",
  acting: "is acting",
  verifying: "proves that it is done",
};
const TASK: Readonly<Record<SupervisorState["task"], string>> = {
  none: "no task has begun yet",
  running: "a task is in hand",
  succeeded: "the last task succeeded",
  failed: "the last task failed",
  stopped: "the last task was stopped",
};

export function sentenceOf({ agent, task, skills, holdEnds }: Pick<SupervisorState, "agent" | "task" | "skills" | "holdEnds">): string {
  const doing = skills.map(skillSentence).join("; ");
  if (agent === "running" && doing !== "") return `${AGENT.running}: ${doing}.`;
  const goesOn = holdEnds ? GOES_ON[holdEnds] : "";
  return `${AGENT[agent]}${goesOn}; ${doing === "" ? TASK[task] : doing}.`;
}

function skillSentence({ name, state, decisions, retries }: ActiveSkill): string {
  const attempt = retries === 0 ? "" : `, attempt ${retries + 1}`;
  const counted = decisions === 0 ? "" : `, ${decisions} ${decisions === 1 ? "decision" : "decisions"}`;
  return `${name} ${SKILL[state]}${counted}${attempt}`;
}
