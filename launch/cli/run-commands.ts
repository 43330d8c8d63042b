/** The commands that run an agent, or look at what one would run with: run, replay, check, doctor. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { LaunchConfig } from "../config/schema.ts";
import type { FleetSection } from "../config/schema-fleet.ts";
import type { RunIo } from "../run/words.ts";
import { exit, interruption, launchOf, onLaunchFile, say, show } from "./command-line.ts";
import type { DoctorResult } from "./doctor.ts";
import { addRecover, addReplay } from "./recording-commands.ts";

interface RunFlags {
  readonly check?: boolean;
  readonly json?: string;
  readonly force?: boolean;
  readonly verbose?: boolean;
  readonly fault: readonly string[];
}

export function addRunCommands(program: Command): void {
  addRun(program);
  addReplay(program);
  addRecover(program);
  addCheck(program);
  addDoctor(program);
}

function addRun(program: Command): void {
  onLaunchFile(program, "run", "run the task of a launch file; prints the address of a live page, and a report at the end")
    .option("--check", "check everything, print the graph, move nothing")
    .option("--json <file>", "write the report")
    .option("--force", "replace a recording (record:=FILE) that is there")
    .option("--verbose", "also tell why a model is not on a faster provider")
    .option("--fault <when>", "let something go wrong, to rehearse it: NAME[:OF][=BY]@FROM[+FOR], as camera-frozen:front@5+3", together, [])
    .action(async (launch: string, overrides: string[], flags: RunFlags) => {
      const { json, force = false, verbose = false } = flags;
      const [file, changes] = launchOf(launch, overrides);
      if (flags.check) return say(await checked(await wanted(file, changes, flags), file));
      const interrupt = interruption(); // Before all that takes its time to load.
      const config = await wanted(file, changes, flags);
      if (config.fleet) return runFleet(file, changes, config, config.fleet, interrupt.signal);
      const { draw } = await import("../compose.ts");
      const blueprint = await draw(config);
      interrupt.signal.throwIfAborted();
      const { run } = await import("../run/run.ts");
      const { isSame, printRun } = await import("../run/report.ts");
      const { backendOf } = await import("../backends/registry.ts");
      let isKept = true;
      const io: RunIo = {
        say,
        signal: interrupt.signal,
        force,
        verbose,
        onRecorder: (recorder) => void process.on("SIGUSR2", () => void recorder.saveLast?.()),
        onRecorded: (recorded) => {
          isKept &&= recorded.isKept;
        },
      };
      const report = await backendOf(blueprint.config).runner(run)(blueprint, io);
      show(report, printRun(report), json);
      const reached = report.reached ?? report.result === "succeeded";
      const done = (report.replay ? isSame(report.replay) : reached) && isKept;
      process.exitCode = interrupt.signal.aborted ? exit.interrupted : done ? exit.success : exit.failed;
    });
}

/** The launch file with the faults that the command line adds; what it asks to be kept can be. */
async function wanted(file: string, changes: readonly string[], { fault, force = false }: RunFlags): Promise<LaunchConfig> {
  const { loadLaunch } = await import("../config/load.ts");
  const { readFault } = await import("../../runtime/disturb/catalogue.ts");
  const loaded = loadLaunch(file, changes);
  const config = { ...loaded, faults: [...loaded.faults, ...fault.map(readFault)] };
  await tryKeeping(config, force);
  return config;
}

async function runFleet(
  file: string,
  changes: readonly string[],
  config: LaunchConfig,
  fleet: FleetSection,
  signal: AbortSignal,
): Promise<void> {
  const { openFleet } = await import("../fleet/fleet.ts");
  const opened = await openFleet({ file, changes, config, fleet, say });
  // It may have been interrupted while it was opening.
  const interrupted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  const codes = await Promise.race([opened.ended, interrupted]);
  await opened[Symbol.asyncDispose]();
  process.exitCode = codes === null ? exit.interrupted : codes.every((code) => code === exit.success) ? exit.success : exit.failed;
}

const together = (each: string, before: readonly string[]): readonly string[] => [...before, each];

/** Before anything is opened: a run that cannot keep what it was asked to keep does not begin. */
async function tryKeeping({ record, state }: LaunchConfig, force: boolean): Promise<void> {
  const { tryRecording, trySaving } = await import("../../runtime/record/recorder.ts");
  if (record?.file !== undefined) await tryRecording(resolve(record.file), force);
  if (record?.last) await trySaving("record.last", resolve(record.last.folder));
  if (record?.folder && existsSync(record.folder)) await trySaving("record.folder", resolve(record.folder)); // Another one is made when somebody asks.
  if (state !== undefined) await (await import("../../runtime/supervise/state-file.ts")).tryState(resolve(state));
}

function addCheck(program: Command): void {
  onLaunchFile(program, "check", "check a launch file: keys, units, files, hashes, sizes, limits; prints the graph and moves nothing")
    .option(
      "--live",
      "of an arm behind ROS 2 or on its own bus: compare the arm that answers with the file, and what its cameras see with what they should",
    )
    .option("--out <folder>", "for the overlays of --live", "live-check")
    .option("--page", "with --live: the overlays on a page, as they are now, until Ctrl-C; to place the cameras by")
    .action(async (launch: string, overrides: string[], { live, out, page }: CheckFlags) => {
      const { loadLaunch } = await import("../config/load.ts");
      const [file, changes] = launchOf(launch, overrides);
      const config = loadLaunch(file, changes);
      await tryKeeping(config, false);
      say(await checked(config, file));
      if (!live) return;
      const { draw } = await import("../compose.ts");
      if (page) {
        const { showViews } = await import("../bring-up/show-views.ts");
        await showViews({ blueprint: await draw(config), clock: new SystemClock(), say, signal: interruption().signal });
        return;
      }
      const { checkLive } = await import("../bring-up/check-live.ts");
      const { printFindings } = await import("../bring-up/finding.ts");
      const findings = await checkLive({ blueprint: await draw(config), folder: resolve(out) });
      say(printFindings(findings));
      process.exitCode = findings.every(({ verdict }) => verdict !== "wrong") ? exit.success : exit.failed;
    });
}

interface CheckFlags {
  readonly live?: boolean;
  readonly out: string;
  readonly page?: boolean;
}

const checked = async (config: LaunchConfig, file: string): Promise<string> =>
  (await import("../check/check-launch.ts")).checkLaunch(config, file);

function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "what this machine has and lacks: Node, providers, models, port; how to add CUDA. With the launch file of an arm on its own bus: that bus, measured",
    )
    .argument("[launch]", "launch file with backend.kind feetech")
    .argument("[overrides...]", "changes such as backend.port:=/dev/ttyACM1")
    .option("--move", "of an arm on its own bus also sag, backlash and lag, by small guarded moves; asked first")
    .option("--yes", "with --move: do not ask")
    .option("--report <file>", "the same findings with this computer and the servos, to send to us; no paths, no names of yours")
    .option("--json <file>", "write the findings")
    .action(async (launch: string | undefined, overrides: string[], flags: DoctorFlags) => {
      const { doctor, printDoctor } = await import("./doctor.ts");
      const result = launch === undefined ? await doctor() : await examined(launch, overrides, flags);
      show(result, printDoctor(result), flags.json);
      if (flags.report !== undefined) (await import("../desk/owner-report.ts")).writeOwnerReport(flags.report, result);
      process.exitCode = result.ok ? exit.success : exit.failed;
    });
}

interface DoctorFlags {
  readonly move?: boolean;
  readonly yes?: boolean;
  readonly report?: string;
  readonly json?: string;
}

async function examined(launch: string, overrides: readonly string[], { move, yes }: DoctorFlags): Promise<DoctorResult> {
  const { examineDesk } = await import("../desk/examine.ts");
  const { talkOf, terminalFace } = await import("../desk/talk.ts");
  using terminal = move && !yes ? terminalFace() : null;
  const mayMove = move ? (terminal ? talkOf([terminal], interruption().signal).yes : async () => true) : null;
  return await examineDesk({ launch, overrides, mayMove, say });
}
