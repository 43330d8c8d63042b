/** Runs the command line as a user would: a child process, its output and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface CliResult {
  /** Null of one that a signal ended. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves with the output so far once it matches; rejects when the process ends before. */
  saw(pattern: RegExp): Promise<string>;
}

export const startCli = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: "ignore" | "pipe" = "ignore",
): RunningCli => startProgram("launch/main.ts", args, env, stdin);

/** Any program of this tree, its path from the root; with a pipe somebody types. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: "ignore" | "pipe" = "ignore",
): RunningCli {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: [stdin, "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const waiting: (() => void)[] = [];
  child.stdout!.on("data", (chunk) => {
    out += chunk;
    for (const look of waiting.slice()) look();
  });
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const result = new Promise<CliResult>((resolve) => child.on("close", (code, signal) => resolve({ code, signal, out, err })));
  const saw = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(out)) resolve(out);
      };
      waiting.push(look);
      look();
      void result.then((end) => reject(new Error(`ended before ${pattern}: ${told(end)}`)));
    });
  return { child, result, saw };
}

/** How a process ended and what it said, for the message of a test. */
export const told = ({ code, signal, out, err }: CliResult): string => `code ${code}, signal ${signal}; out "${out}", err "${err}"`;

export const cli = (...args: string[]): Promise<CliResult> => startCli(args).result;
