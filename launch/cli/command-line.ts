/** What the commands share: the command line without its ROS part, exit codes, numbers, progress, interruption, reports. */
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { nsToSeconds, SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { inFigures } from "../../runtime/core/figure.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { tryUserFile, writeReport } from "../user-files.ts";
import { readerLeft } from "./reader.ts";
import { rosOverrides, splitRosArguments } from "./ros/arguments.ts";

export const DEFAULT_LAUNCH = join(packageRoot, "launch/panda-push.launch.yaml");
export const OVERRIDES_HELP = "changes such as planner.samples:=256 backend.mode:=lockstep";

/** Exit codes: 0 success, 1 the task or a check failed, 2 bad input, 130 interrupted, 141 interrupted since nobody reads any more, as a shell shows SIGPIPE. */
export const exit = { success: 0, failed: 1, badInput: 2, interrupted: 130, readerLeft: 141 } as const;

export const commandLine = splitRosArguments(process.argv.slice(2));

/** The changes, and as one more what followed --ros-args, for the backend's node. */
export const withRos = (overrides: readonly string[]): readonly string[] => [...overrides, ...rosOverrides(commandLine.ros)];

/** A command on a launch file and changes to it: what it is called and says of itself; its options and its action are the caller's. */
export function onLaunchFile(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument("[launch]", "launch file", DEFAULT_LAUNCH)
    .argument("[overrides...]", OVERRIDES_HELP);
}

/** `foresight run seed:=2` means the default launch file with that override. */
export function launchOf(launch: string, overrides: readonly string[]): [string, readonly string[]] {
  return launch.includes(":=") ? [DEFAULT_LAUNCH, withRos([launch, ...overrides])] : [launch, withRos(overrides)];
}

/** The first Ctrl-C, or a reader that leaves, stops the arm and lets everything end; the second ends this process, and the keeper then stops the arm alone. */
export function interruption(): AbortController {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exit.interrupted);
    console.error("stopping; once more to leave at once");
    controller.abort(new AgentError("stop.operator", "interrupted from the keyboard"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal); // Its terminal was closed.
  if (process.channel) {
    process.once("disconnect", onSignal); // Whoever started this arm as one of a fleet is gone.
    process.channel.unref();
  }
  readerLeft.addEventListener("abort", () => controller.abort(readerLeft.reason));
  if (readerLeft.aborted) controller.abort(readerLeft.reason);
  return controller;
}

const PROGRESS_PERIOD_S = 30;
let progressNs: bigint | null = null;

/** One line that is overwritten on a terminal; elsewhere a line every half minute, for logs. */
export function progressLine(line: string): void {
  const text = inFigures(line);
  if (process.stderr.isTTY) return void process.stderr.write(`\r${text}\u001b[K`);
  const nowNs = new SystemClock().nowNs();
  if (progressNs !== null && nsToSeconds(nowNs - progressNs) < PROGRESS_PERIOD_S) return;
  progressNs = nowNs;
  process.stderr.write(`${text}\n`);
}

/** For people, on standard output: no command prints otherwise. */
export const say = (text: string): void => console.log(inFigures(text));

/** Prints figures, then writes them where a file is named: what cannot be written was told all the same. Throws AgentError `launch.invalid`. */
export function show(result: unknown, text: string, json: string | undefined): void {
  say(text);
  if (json) writeReport(json, result);
}

/** Looks at the files that options name for figures and pictures before the work begins. What cannot be written is said; the figures will be printed all the same. */
export async function tryReports({ json, failures }: { readonly json?: string; readonly failures?: string }): Promise<void> {
  for (const file of [json, failures && join(failures, "seed-1.png")]) {
    if (file)
      await tryUserFile(file).catch((error: AgentError) => console.error(`${error.message}; what is measured is printed all the same`));
  }
}

/** No command does more of anything than this. */
const COUNT_MAX = 10_000_000;
const SEED_MAX = 0xffff_ffff;

export const positiveInteger = positiveIntegerUpTo(COUNT_MAX);
/** Of processors: more than any machine has that this runs on. */
export const threadCount = positiveIntegerUpTo(64);

/** All values of an option that takes several. For one option only: it gathers them. */
export function each<T>(parse: (text: string) => T): (text: string) => readonly T[] {
  const values: T[] = [];
  return (text) => {
    values.push(parse(text));
    return values;
  };
}

export function positiveIntegerUpTo(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`"${text}" is no whole number above 0`);
    if (value > max) throw new InvalidArgumentError(`${value} is more than ${max}`);
    return value;
  };
}

export const notNegative = (text: string): number => (/^0+(\.0*)?$/.test(text) ? 0 : positiveNumber(text));

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError(`"${text}" is no number above 0`);
  if (value > COUNT_MAX) throw new InvalidArgumentError(`${value} is more than ${COUNT_MAX}`);
  return value;
}

/** Above 0, at most 1. */
export function share(text: string): number {
  const value = positiveNumber(text);
  if (value > 1) throw new InvalidArgumentError(`"${text}" is more than 1`);
  return value;
}

export function seedNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError(`"${text}" is no whole number from 0 up`);
  if (value > SEED_MAX) throw new InvalidArgumentError(`${value} is more than ${SEED_MAX}`);
  return value;
}
