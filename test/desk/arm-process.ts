/** A virtual arm in a process of its own, as a user starts it, on a serial port of this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { packageRoot } from "../../runtime/core/package-root.ts";

export interface ArmProcess extends AsyncDisposable {
  readonly port: string;
  readonly pid: number;
  /** One of its commands; resolves with what it says to it. */
  command(line: string): Promise<string>;
}

export async function startArm(...flags: readonly string[]): Promise<ArmProcess> {
  const folder = mkdtempSync(join(tmpdir(), "virtual-arm-"));
  const port = join(folder, "arm");
  const program = join(packageRoot, "launch/foresight.mjs");
  const child = spawn(process.execPath, [program, "virtual-arm", "so101", "--port", port, ...flags], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // A session of its own, whose share of the machine can be said.
  });
  goFirst(child.pid ?? -1);
  const lines = createInterface({ input: child.stdout });
  await said(child, lines, "world:"); // The last that it says by itself.
  return {
    port,
    pid: child.pid ?? -1,
    async command(line) {
      const answer = said(child, lines, "");
      child.stdin.write(`${line}\n`);
      return await answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A real arm needs none of this machine's cores: where that may be said, what stands for it goes before what is tried with it. A virtual arm that is kept waiting for 300 ms stands still meanwhile, and no stop can be seen in it. */
function goFirst(pid: number): void {
  const { PRIORITY_HIGH } = constants.priority;
  for (const way of [() => setPriority(pid, PRIORITY_HIGH), () => writeFileSync(`/proc/${pid}/autogroup`, String(PRIORITY_HIGH))]) {
    try {
      way();
    } catch {} // Not this user's to say, or another system.
  }
}

/** Where its joints stand, its gripper's last. */
export const anglesRad = async (arm: ArmProcess): Promise<readonly number[]> =>
  [...(await arm.command("where")).matchAll(/\w+ (-?[\d.]+)/g)].map((match) => Number(match[1]));

/** The next line that begins so. */
function said(child: ChildProcess, lines: Interface, start: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error(`the virtual arm ended before it said "${start}"`));
    const onLine = (line: string): void => {
      if (!line.startsWith(start)) return;
      child.off("exit", onExit);
      lines.off("line", onLine);
      resolve(line);
    };
    child.once("exit", onExit);
    lines.on("line", onLine);
  });
}
