/** How the agent stands as diagnostic_msgs/DiagnosticStatus: its state with the last typed fault, and its decisions. */
import type { AgentError } from "../../core/errors.ts";
import type { Tick } from "../../core/tick.ts";
import type { DiagnosticStatusMsg } from "./messages.ts";

const LEVEL = { ok: 0, warn: 1, error: 2, stale: 3 } as const;

/** What is known of the agent, in words. */
export interface Standing {
  /** Full name of the node. */
  readonly node: string;
  readonly robot: string;
  /** booting, idle, running, holding, stopping, stopped or faulted. */
  readonly agent: string;
  readonly task: string;
  readonly reason: string;
  readonly lifecycle: string;
  readonly fault: { readonly error: Error; readonly ageS: number } | null;
  readonly faultCount: number;
  readonly tick: Pick<Tick, "timing" | "decision"> | null;
  readonly decisionCount: number;
  /** Sentences of the arm's own node: QoS that does not fit, cameras that differ. */
  readonly warnings: readonly string[];
  /** 0 to 1; less than 1 while something slows the arm down. */
  readonly speedShare: number;
}

const LEVELS: Readonly<Record<string, keyof typeof LEVEL>> = { holding: "warn", stopping: "warn", stopped: "warn", faulted: "error" };

export function toDiagnostics(standing: Standing): readonly DiagnosticStatusMsg[] {
  const { node, robot, agent, task, reason, lifecycle, fault, faultCount, tick, decisionCount, warnings, speedShare } = standing;
  const status = (
    name: string,
    level: keyof typeof LEVEL,
    message: string,
    values: Readonly<Record<string, string>>,
  ): DiagnosticStatusMsg => ({
    level: LEVEL[level],
    name: `${node.replace(/^\//, "")}: ${name}`,
    message,
    hardware_id: robot,
    values: Object.entries(values).map(([key, value]) => ({ key, value })),
  });
  const last =
    fault === null
      ? {}
      : { "last fault": codeOf(fault.error), "last fault says": fault.error.message, "last fault age [s]": fault.ageS.toFixed(1) };
  return [
    status("agent", LEVELS[agent] ?? "ok", reason, { agent, task, lifecycle, faults: String(faultCount), ...last }),
    status("decisions", "ok", tick ? `decision ${tick.decision.index}` : "none yet", {
      count: String(decisionCount),
      "speed share": speedShare.toFixed(2),
      ...(tick === null ? {} : timesOf(tick)),
    }),
    status("arm", warnings.length === 0 ? "ok" : "warn", warnings.at(-1) ?? "connected", { warnings: warnings.join("\n") }),
  ];
}

const codeOf = (error: Error): string => ("code" in error ? (error as AgentError).code : "bug");

const timesOf = ({ timing, decision }: Pick<Tick, "timing" | "decision">): Readonly<Record<string, string>> => ({
  verdict: [decision.verdict, ...decision.why].join("; "),
  "plan [ms]": timing.planMs.toFixed(1),
  "whole decision [ms]": timing.decisionMs.toFixed(1),
  "observation age [ms]": timing.observationAgeMs.toFixed(0),
});
