/** What a process holds at an instant, as Linux tells in /proc: memory, open files, threads. */
import { readdirSync, readFileSync } from "node:fs";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { round } from "../../../../runtime/core/statistics.ts";

export interface Vitals {
  /** Resident, shared pages counted whole. */
  readonly memoryMiB: number;
  /** Open descriptors: files, sockets, pipes. */
  readonly files: number;
  readonly threads: number;
}

/** Throws AgentError `robot.lost` where that process is gone, or there is no /proc. */
export function vitalsOf(pid: number): Vitals {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const number = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? Number.NaN);
    return {
      memoryMiB: round(number("VmRSS") / 1024, 2),
      files: readdirSync(`/proc/${pid}/fd`).length,
      threads: number("Threads"),
    };
  } catch {
    throw new AgentError("robot.lost", `process ${pid}: /proc does not tell of it; look why it ended, or measure on Linux`);
  }
}
