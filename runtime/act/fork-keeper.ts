/** Starts a keeper as a child process of its own session and connects to it: it outlives a Ctrl-C and a killed agent until the arm is at rest. */
import type { ChildProcess } from "node:child_process";
import { SystemClock } from "../core/clock.ts";
import type { RobotSpec } from "../core/robot.ts";
import { forkModule } from "../core/start-worker.ts";
import { processChannel } from "./channel.ts";
import { connectKeeper, type KeeperRobot } from "./keeper-robot.ts";

export interface ForkKeeperOptions {
  readonly spec: RobotSpec;
  /** A module that calls `serveKeeper`; `.ts` under tsx, `.js` once built. */
  readonly entry: URL;
  /** What that module needs; must survive a structured clone. */
  readonly config: unknown;
  readonly requestTimeoutMs?: number;
  readonly readyTimeoutMs?: number;
  /** From goodbye to a closed channel; default 4000. */
  readonly leaveTimeoutMs?: number;
  /** How long the child may take to end after goodbye before it is killed; default 5000. */
  readonly exitTimeoutMs?: number;
}

export interface ForkedKeeperRobot extends KeeperRobot {
  /** Of the keeper process. */
  readonly pid: number;
}

const EXIT_TIMEOUT_MS = 5000;

/** Resolves when the keeper streams; the child is ended when that fails. The keeper's clock and ours are the machine's monotonic one. */
export async function forkKeeper(options: ForkKeeperOptions): Promise<ForkedKeeperRobot> {
  const { entry, config, exitTimeoutMs = EXIT_TIMEOUT_MS } = options;
  const clock = new SystemClock();
  const child = forkModule(entry, { serialization: "advanced", detached: true, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const channel = processChannel(child);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve()); // Not started: the channel never opens and readiness fails.
  });
  const end = (): Promise<void> => endChild(child, exited, clock, exitTimeoutMs);
  try {
    channel.send({ kind: "configure", config }).catch(() => {}); // A child that has ended closes the channel.
    const robot = await connectKeeper({ ...options, channel, clock, describeLoss: () => loss(child) });
    let disposed: Promise<void> | null = null;
    const dispose = async (): Promise<void> => {
      const goodbye = robot[Symbol.asyncDispose]();
      await end();
      await goodbye;
    };
    return {
      ...robot,
      pid: child.pid ?? -1,
      [Symbol.asyncDispose]: () => {
        disposed ??= dispose();
        return disposed;
      },
    };
  } catch (error) {
    channel.close();
    await end();
    throw error;
  }

  function loss(process: ChildProcess): string {
    if (process.exitCode !== null) return `process ${process.pid} ended with code ${process.exitCode}`;
    return process.signalCode !== null
      ? `process ${process.pid} was ended by ${process.signalCode}`
      : `process ${process.pid} closed its channel`;
  }
}

/** Waits for a child that was told to go; kills it after the bound. */
async function endChild(child: ChildProcess, exited: Promise<void>, clock: SystemClock, timeoutMs: number): Promise<void> {
  const waiting = new AbortController();
  const kill = (): void => void child.kill("SIGKILL");
  clock.sleep(timeoutMs, waiting.signal).then(kill, () => {});
  await exited;
  waiting.abort();
}
