/** A disk that becomes full under a file which this process writes to. */
import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, readlinkSync } from "node:fs";

/** For `skip`: false, or why. */
export const noFullDisk = process.platform === "linux" ? false : "only Linux has /dev/full";

/** From now on there is no room for another byte of it. */
export function fillDiskOf(file: string): void {
  const open = readdirSync("/proc/self/fd").find((fd) => linkOf(fd) === file);
  closeSync(Number(open));
  assert.equal(openSync("/dev/full", "w"), Number(open), "the number that was freed is given next");
}

function linkOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return null; // It was that of the folder's own reading.
  }
}
