/** Whether another process is about to be gone. Linux tells it at once; its channel closes only when its memory has been taken from it, on a busy machine a few tenths of a second later. */
import { readFileSync } from "node:fs";

/** PF_EXITING of linux/sched.h: it is being shut down. */
const EXITING = 0x4;
/** SIGKILL waits for it: a bit for each signal, from 1. */
const KILLED = 1 << (9 - 1);
/** Of proc(5)'s /proc/PID/stat, counted from the state on: before that stands the command's name, which may hold anything. */
const [FLAGS_AT, PENDING_AT] = [6, 28];

/** What /proc/PID/stat says. */
export function isDying(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[FLAGS_AT]) & EXITING) !== 0 || (Number(fields[PENDING_AT]) & KILLED) !== 0;
}

/** To be asked again and again; always false where the system does not tell. */
export function watchDying(pid: number): () => boolean {
  const look = (): boolean | null => {
    try {
      return isDying(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "ENOENT" || code === "ESRCH" ? true : null; // Gone already; anything else says nothing of it.
    }
  };
  return process.platform === "linux" && look() === false ? () => look() === true : () => false;
}
