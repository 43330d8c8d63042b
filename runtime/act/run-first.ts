/** On a busy machine the stream goes before what only thinks. */
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** Where this user may say so; most may not: then a stream that is kept waiting brakes and says so. */
export function runFirst(): void {
  const { PRIORITY_HIGH } = constants.priority;
  const ways = [
    () => setPriority(PRIORITY_HIGH),
    // Linux may share its cores among sessions first (sched(7), autogroup): a priority counts inside one only, and this process has one of its own.
    () => writeFileSync("/proc/self/autogroup", String(PRIORITY_HIGH)),
  ];
  for (const way of ways) {
    try {
      way();
    } catch {}
  }
}
