/** A person's commands: when each is possible, and what it is in the words of the agent's statechart. */

import type { OperatorCommand } from "../core/supervision.ts";
import { type AgentEvent, agentMachine } from "./agent-machine.ts";
import { type SupervisorSnapshot, skillState } from "./snapshot.ts";
import { can } from "./statechart.ts";

/** Commands about the agent; the others are about the task in hand. */
export const AGENT_EVENTS = {
  start: { type: "start" },
  stop: { type: "stop", by: "operator", reason: "An operator stopped the agent." },
  hold: { type: "hold", by: "operator", reason: "An operator holds the agent." },
  resume: { type: "resume", by: "operator" },
  reset: { type: "reset" },
} as const satisfies Readonly<Partial<Record<OperatorCommand, AgentEvent>>>;

/** Null when a command is possible, else why not. */
export function refusal(snapshot: SupervisorSnapshot, command: OperatorCommand): string | null {
  const { agent, run } = snapshot;
  const skills = run?.skills ?? [];
  const isPossible =
    command in AGENT_EVENTS
      ? can(agentMachine, agent, AGENT_EVENTS[command as keyof typeof AGENT_EVENTS])
      : agent.value === "running" || (agent.value === "holding" && !ANSWERS.has(command));
  if (!isPossible) return `"${command}" is not possible while the agent is ${agent.value}`;
  if (command === "restart-skill" && skills.length === 0) return '"restart-skill" is not possible now: no skill is in progress';
  if (ANSWERS.has(command) && !skills.some((skill) => skillState(skill) === "asking"))
    return `"${command}" is not possible now: no skill asks for a person`;
  return null;
}

const ANSWERS: ReadonlySet<OperatorCommand> = new Set(["confirm", "decline"]);
