/** One arm of a fleet: `foresight run` in a process of its own, whose lines are said with its name before them. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Clock } from "../../runtime/core/clock.ts";
import { invariant } from "../../runtime/core/errors.ts";

export interface ArmProcessOptions {
  readonly name: string;
  /** Of `foresight run`: launch file and changes. No secret: others on the machine can read them. */
  readonly args: readonly string[];
  /** Secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
  readonly clock: Clock;
}

export interface ArmProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with its exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Brings the arm to rest and ends; one that does not end in time is killed, and its keeper then stops the arm alone. */
  end(): Promise<void>;
}

/** From the first word to the last: rest, farewell, report. */
const END_MS_MAX = 20_000;

export function startArm({ name, args, environment, say, clock }: ArmProcessOptions): ArmProcess {
  const [program] = process.argv.slice(1);
  invariant(program !== undefined, "a fleet is started from the command line");
  const child = spawn(process.execPath, [...process.execArgv, program, "run", ...args], {
    env: { ...process.env, ...environment },
    // With its own channel it learns when this process is gone, however it went; detached, a Ctrl-C of the terminal reaches it once, through us.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    invariant(stream, "its output is a pipe");
    createInterface({ input: stream }).on("line", (line) => say(`${name}: ${line}`));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code));
  });
  return {
    name,
    pid: child.pid ?? -1,
    ended,
    async end() {
      child.kill("SIGINT");
      const inTime = new AbortController();
      const late = clock.sleep(END_MS_MAX, inTime.signal).then(
        () => child.kill("SIGKILL"),
        () => {},
      );
      await Promise.race([ended, late]);
      await ended;
      inTime.abort();
    },
  };
}
