/** What a process and all that it started take of the machine, as Linux tells in /proc. */
import { existsSync, readFileSync } from "node:fs";
import { AgentError } from "../../../runtime/core/errors.ts";

export interface TreeUse {
  readonly cpuS: number;
  /** Shared pages counted by share. */
  readonly memoryMiB: number;
  readonly processes: number;
}

/** Linux counts processor time in hundredths of a second on every machine that Node runs on. */
const TICKS_PER_S = 100;
const PROCESSES_MAX = 1000;

/** Throws AgentError `launch.invalid` where there is no /proc. */
export function useOfTree(pid: number): TreeUse {
  if (!existsSync("/proc/self/smaps_rollup"))
    throw new AgentError("launch.invalid", "this bench reads /proc, which only Linux has; run it there");
  const pids = [pid];
  for (const each of pids) if (pids.length < PROCESSES_MAX) pids.push(...childrenOf(each));
  const uses = pids.flatMap((each) => useOf(each) ?? []);
  return {
    cpuS: uses.reduce((sum, { cpuS }) => sum + cpuS, 0),
    memoryMiB: uses.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
    processes: uses.length,
  };
}

/** A thread may have started them; a process that has ended meanwhile has none. */
function childrenOf(pid: number): readonly number[] {
  const text = tryRead(`/proc/${pid}/task/${pid}/children`) ?? "";
  return text.split(" ").filter(Boolean).map(Number);
}

/** Null for one that has ended. */
function useOf(pid: number): Pick<TreeUse, "cpuS" | "memoryMiB"> | null {
  const stat = tryRead(`/proc/${pid}/stat`);
  const memory = tryRead(`/proc/${pid}/smaps_rollup`);
  if (stat === null || memory === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // The name in brackets may hold blanks; utime and stime are fields 14 and 15.
  const kiB = Number(/^Pss:\s+(\d+) kB/m.exec(memory)?.[1] ?? 0);
  return { cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S, memoryMiB: kiB / 1024 };
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
