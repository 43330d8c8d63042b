/** What a benchmark ran on: figures without it mean nothing. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { round } from "../../../runtime/core/statistics.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Runnable tasks over the last minute before the benchmark: above 0.5 or so, others were computing too. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    loadAverage: round(loadavg()[0] ?? 0, 2),
  };
}

/** One line for people, with a warning where the machine was busy. */
export function machineLine({ cpu, cores, node, loadAverage }: Machine): string {
  const busy = loadAverage > 0.5 ? "  (busy: measure again on a quiet machine)" : "";
  return `${cpu}, ${cores} cores, Node ${node}, load ${loadAverage}${busy}`;
}

/** The most memory that this process has held since it began, all its threads together; Node counts it in KiB. */
export const peakResidentMib = (): number => round(process.resourceUsage().maxRSS / 1024, 1);
