/** `foresight report ...`: what a model knows, measured where the truth is known. */
import type { Command } from "commander";
import type { CalibrateFlags } from "../learn/calibrate-surprise.ts";
import type { HierarchyFlags } from "../measure/hierarchy/report.ts";
import type { PhysicsFlags } from "../measure/physics/report.ts";
import {
  each,
  exit,
  interruption,
  launchOf,
  onLaunchFile,
  positiveInteger,
  positiveIntegerUpTo,
  progressLine,
  seedNumber,
  share,
  show,
} from "./command-line.ts";

export function addReportCommands(program: Command): void {
  const report = program
    .command("report")
    .description("what a model knows of the world: intuitive physics, unseen failures, how far ahead it plans");
  addPhysics(report);
  addFailures(report);
  addHierarchy(report);
}

type Flags<Options> = Omit<Options, "launch" | "overrides"> & { readonly json?: string };

function addPhysics(report: Command): void {
  onLaunchFile(
    report,
    "physics",
    "does what cannot be surprise it? Pairs of films with the same past and actions, of which one breaks a law; its untrained twins beside it",
  )
    .option("--pairs <count>", "of each event", positiveInteger, 100)
    .option("--seed <number>", "of the first film; from 1000 up for figures that are told", seedNumber, 1000)
    .option("--twins <count>", "untrained twins: the same networks, weights drawn by chance", positiveInteger, 3)
    .option(
      "--beside <model...>",
      "other packages that watch the same films, such as one of a shorter training: a column each",
      each(String),
      [],
    )
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: Flags<PhysicsFlags>) => {
      const { reportPhysics } = await import("../measure/physics/report.ts");
      const { printPhysics } = await import("../measure/physics/print.ts");
      const [file, changes] = launchOf(launch, overrides);
      const { signal } = interruption();
      const physics = await reportPhysics({ ...flags, launch: file, overrides: changes }, { progress: progressLine, signal });
      show(physics, printPhysics(physics), flags.json);
      if (signal.aborted) process.exitCode = exit.interrupted;
    });
}

function addFailures(report: Command): void {
  onLaunchFile(
    report,
    "failures",
    "does the monitor tell failures that nobody showed it (object taken away or moved, camera bumped, arm blocked), and how often it alarms for nothing; the card stays as it is",
  )
    .option("--episodes <count>", "usual ones for units and threshold, and as many again for the false alarms", positiveInteger, 50)
    .option("--disturbed <count>", "episodes of each failure", positiveInteger, 50)
    .option("--seed <number>", "of the first episode for the threshold; below 1000", seedNumber, 700)
    .option("--judge-seed <number>", "of the first episode that judges; from 1000 up for figures that are told", seedNumber, 1000)
    .option("--alpha <share>", "of usual decisions may lie above the threshold", share, 0.005)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: Flags<CalibrateFlags>) => {
      const { printCalibration, studySurprise } = await import("../learn/calibrate-surprise.ts");
      const [file, changes] = launchOf(launch, overrides);
      const io = { progress: progressLine, signal: interruption().signal };
      const failures = await studySurprise({ ...flags, launch: file, overrides: changes }, io);
      show(failures, printCalibration(failures), flags.json);
    });
}

function addHierarchy(report: Command): void {
  onLaunchFile(
    report,
    "hierarchy",
    "how far ahead does it get? Goals that scripted play comes to so many decisions later, by planning flat, towards subgoals that are told, towards those that it samples; chance beside it",
  )
    .option(
      "--ahead <count...>",
      "decisions of the script from the beginning to the goal: a column each",
      each(positiveIntegerUpTo(400)),
      [5, 10, 20, 40],
    )
    .option("--episodes <count>", "of each planner at each distance", positiveInteger, 50)
    .option("--seed <number>", "of the first episode; from 1000 up for figures that are told", seedNumber, 1000)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: Flags<HierarchyFlags>) => {
      const { reportHierarchy } = await import("../measure/hierarchy/report.ts");
      const { printHierarchy } = await import("../measure/hierarchy/print.ts");
      const [file, changes] = launchOf(launch, overrides);
      const { signal } = interruption();
      const hierarchy = await reportHierarchy({ ...flags, launch: file, overrides: changes }, { progress: progressLine, signal });
      show(hierarchy, printHierarchy(hierarchy), flags.json);
      if (signal.aborted) process.exitCode = exit.interrupted;
    });
}
