/** An agent in a process of its own, as a person starts it: what it says, the commands it takes over its page, and its sudden end. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Clock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import type { OperatorCommand } from "../../../../runtime/core/supervision.ts";

export interface AgentProcess {
  readonly pid: number;
  /** Exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** The first group of what it printed, or all of it. Throws AgentError `robot.lost` when it ends or takes too long before. */
  saw(pattern: RegExp, withinMs: number): Promise<string>;
  /** "later" when it goes on that long. */
  endedWithin(ms: number): Promise<number | null | "later">;
  kill(): void;
}

/** Runs a launch file. */
export function startAgent(launchFile: string, clock: Clock): AgentProcess {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = spawn(process.execPath, [join(packageRoot, "launch/foresight.mjs"), "run", launchFile], { stdio: [...stdio] });
  let output = "";
  let look = (): void => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      look();
    });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const orLater = async <T>(wanted: Promise<T>, ms: number): Promise<T | "later"> => {
    const waiting = new AbortController();
    const late = clock.sleep(ms, waiting.signal).then(
      () => "later" as const,
      () => "later" as const,
    );
    try {
      return await Promise.race([wanted, late]);
    } finally {
      waiting.abort();
    }
  };
  return {
    pid: child.pid ?? -1,
    ended,
    output: () => output,
    async saw(pattern, withinMs) {
      const seen = new Promise<string>((resolve) => {
        look = () => {
          const match = output.match(pattern);
          if (match) resolve(match[1] ?? match[0]);
        };
        look();
      });
      const over = ended.then((): never => {
        throw new AgentError("robot.lost", `the agent ended before it said ${pattern}; run the launch file by hand to see why`);
      });
      const said = await orLater(Promise.race([seen, over]), withinMs);
      if (said === "later")
        throw new AgentError("robot.lost", `the agent took more than ${withinMs / 1000} s to say ${pattern}; give it a quieter machine`);
      return said;
    },
    endedWithin: (ms) => orLater(ended, ms),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Over its page. Null when done, else why not. */
export async function commandAt(pageUrl: string, token: string, command: OperatorCommand): Promise<string | null> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch(new URL("command", pageUrl), { method: "POST", headers, body: JSON.stringify({ command }) });
  return ((await response.json()) as { refused: string | null }).refused;
}
