/** A disk that fills up: a small tmpfs where that may be mounted, else a limit on the size of files. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** What it is, for people. */
  readonly kind: string;
  /** Whether its free bytes are its own: a limit on files leaves those of the real disk. */
  readonly isDisk: boolean;
  /** How a program is started there: this and its arguments. */
  readonly start: readonly string[];
}

export function smallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "foresight-disk-"));
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { encoding: "utf8" });
  const isDisk = status === 0;
  return {
    folder,
    isDisk,
    kind: isDisk
      ? `a tmpfs of ${megabytes} MB`
      : `a limit of ${megabytes} MB on files, since a tmpfs cannot be mounted here (${(stderr ?? "no mount").trim()})`,
    // Without the signal a write beyond the limit is an error like any other.
    start: isDisk ? [] : ["bash", "-c", `trap "" XFSZ; ulimit -f ${megabytes * 1024}; exec "$@"`, "limited"],
    [Symbol.dispose]() {
      if (isDisk) spawnSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
