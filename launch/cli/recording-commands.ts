/** The commands on recordings: replay, recover. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { exit, interruption, notNegative, positiveNumber, say, show } from "./command-line.ts";

interface ReplayFlags {
  readonly from: number;
  readonly rate?: number;
  readonly step?: boolean;
  readonly page?: boolean;
  readonly foxglove?: boolean;
  readonly with: readonly string[];
  readonly json?: string;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("make the decisions of a recorded run again, on what was seen then; exit code 0 when all are the same, bit for bit")
    .argument("<recording>", "what foresight run ... record:=FILE wrote; it holds its launch configuration")
    .argument("[overrides...]", "changes such as planner.samples:=256, to see what it would have done")
    .option("--with <overrides...>", "the same", [])
    .option(
      "--from <seconds>",
      "tell of decisions from so long after the first on; those before are made as fast as it goes",
      notNegative,
      0,
    )
    .option("--rate <times>", "as fast as the run was, times this (default: as fast as it goes)", positiveNumber)
    .option("--step", "a decision at a time, each when Enter is pressed")
    .option("--page", "show the recording on the live page, with a scrubber over its time; nothing is decided again")
    .option("--foxglove", "show the recording to Foxglove and Lichtblick, with their playback controls; nothing is decided again")
    .option("--json <file>", "write the report")
    .action(async (recording: string, overrides: string[], { from, rate, step, page, foxglove, with: changes, json }: ReplayFlags) => {
      const { signal } = interruption();
      if (page || foxglove) {
        const serve = page
          ? (await import("../replay-page/show-recording.ts")).showRecording
          : (await import("../replay-foxglove/show-recording.ts")).showInFoxglove;
        await serve(recording, [...overrides, ...changes], { fromS: from, rate: rate ?? 1, say, signal });
        return;
      }
      const { SystemClock } = await import("../../runtime/core/clock.ts");
      const { draw } = await import("../compose.ts");
      const { recordedConfig } = await import("../config/recorded-config.ts");
      const { createReplayBeat } = await import("../run/replay-beat.ts");
      const { run } = await import("../run/run.ts");
      const { isSame, printRun } = await import("../run/report.ts");
      const pace = { fromS: from, rate: rate ?? null, step: step ?? false };
      using replaying = createReplayBeat({ ...pace, clock: new SystemClock(), input: process.stdin, say, signal });
      const config = await recordedConfig(recording, [...overrides, ...changes]);
      const report = await run(await draw(config), { say, signal, replaying });
      show(report, printRun(report), json);
      process.exitCode = signal.aborted ? exit.interrupted : report.replay && isSame(report.replay) ? exit.success : exit.failed;
    });
}

export function addRecover(program: Command): void {
  program
    .command("recover")
    .description(
      "make a whole recording of one that was cut off; the original stays as it is, unless --force puts the whole one in its place",
    )
    .argument("<recording>", "an MCAP file of ours")
    .option("--out <file>", "where to (default: beside it, NAME.recovered.mcap)")
    .option("--force", "replace what is there: the file of --out, or without --out the recording itself")
    .action(async (recording: string, { out, force = false }: { out?: string; force?: boolean }) => {
      const { recover, recoveredName } = await import("../../runtime/record/recover.ts");
      const to = out ?? (force ? null : recoveredName(recording));
      const { messages, decisions, lacked, file } = await recover(resolve(recording), to, force);
      say(
        lacked === null
          ? `${file} is whole: ${messages} messages with ${decisions} decisions`
          : `recovered ${messages} messages with ${decisions} decisions in ${file}; ${lacked}`,
      );
    });
}
