/** A person's commands: when each is possible, and what it is in the words of the agent's statechart. */

import type { OperatorCommand } from "../core/supervision.ts";
import { type AgentEvent, agentMachine } from "./agent-machine.ts";
import type { SupervisorSnapshot } from "./snapshot.ts";
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
export function refusal({ agent, run }: SupervisorSnapshot, command: OperatorCommand): string | null {
  const isPossible =
    command === "restart-skill" || command === "abort"
      ? agent.value === "running" || agent.value === "holding"
      : can(agentMachine, agent, AGENT_EVENTS[command]);
  if (!isPossible) return `"${command}" is not possible while the agent is ${agent.value}`;
  if (command === "restart-skill" && !run?.skills.length) return '"restart-skill" is not possible now: no skill is in progress';
  return null;
}
