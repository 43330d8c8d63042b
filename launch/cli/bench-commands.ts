/** `foresight bench ...`: what measures and asserts nothing. */
import { join } from "node:path";
import type { Command } from "commander";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { addModelBenches } from "./bench-model-commands.ts";
import {
  each,
  exit,
  interruption,
  launchOf,
  notNegative,
  OVERRIDES_HELP,
  onLaunchFile,
  positiveInteger,
  positiveNumber,
  progressLine,
  seedNumber,
  show,
} from "./command-line.ts";

export function addBenchCommands(program: Command): void {
  const bench = program
    .command("bench")
    .description("measure: planning, the simulator, the command stream, the guards; nothing is asserted");
  addModelBenches(bench);
  addSim(bench);
  addStream(bench);
  addServos(bench);
  addStop(bench);
  addGuards(bench);
  addFleet(bench);
  addRecord(bench);
  addPage(bench);
  addJitter(bench);
  addResume(bench);
  addSoak(bench);
}

function addSoak(bench: Command): void {
  bench
    .command("soak")
    .description(
      "an agent and its keeper for hours with everybody listening: decisions on time, growth of memory, handles, event-loop delay",
    )
    .argument("[launch]", "launch file", join(packageRoot, "launch/soak.launch.yaml"))
    .argument("[overrides...]", `${OVERRIDES_HELP}; record.file:=FILE records it too`)
    .option("--minutes <count>", "how long; Ctrl-C ends it earlier and tells what was measured", positiveNumber, 60)
    .option("--every <seconds>", "between two samples", positiveNumber, 10)
    .option("--json <file>", "write the figures, every sample with them")
    .action(async (launch: string, overrides: string[], { minutes, every, json }: { minutes: number; every: number; json?: string }) => {
      const { benchSoak } = await import("../measure/bench/soak/soak.ts");
      const { printBenchSoak } = await import("../measure/bench/soak/print.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      const { signal } = interruption();
      const result = await benchSoak({ config, minutes, everyS: every, onProgress: progressLine, signal });
      show(result, printBenchSoak(result), json);
      if (signal.aborted) process.exitCode = exit.interrupted;
    });
}

function addJitter(bench: Command): void {
  bench
    .command("jitter")
    .description("how evenly the agent decides and the keeper streams with page, recorder, Foxglove and MQTT, against nobody listening")
    .argument("[launch]", "launch file", join(packageRoot, "launch/soak.launch.yaml"))
    .argument("[overrides...]", OVERRIDES_HELP)
    .option("--seconds <count>", "of each run, at most 55", positiveInteger, 40)
    .option("--rounds <count>", "runs of both, by turns", positiveInteger, 3)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: { seconds: number; rounds: number; json?: string }) => {
      const { benchJitter, printBenchJitter } = await import("../measure/bench/jitter/jitter.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      const { signal } = interruption();
      const result = await benchJitter({ config, seconds: flags.seconds, rounds: flags.rounds, onProgress: progressLine, signal });
      show(result, printBenchJitter(result), flags.json);
    });
}

function addResume(bench: Command): void {
  bench
    .command("resume")
    .description(
      "kill the agent of a simulated arm at random instants of a task of four skills, and resume it: does the task end as if nothing had happened?",
    )
    .option("--kills <count>", "how often", positiveInteger, 200)
    .option("--seed <number>", "of the instants", seedNumber, 1)
    .option("--json <file>", "write the figures")
    .action(async (flags: { kills: number; seed: number; json?: string }) => {
      const { benchResume, printBenchResume } = await import("../measure/bench/resume/resume.ts");
      const result = await benchResume({ kills: flags.kills, seed: flags.seed, onProgress: progressLine, signal: interruption().signal });
      show(result, printBenchResume(result), flags.json);
      if (result.problems.length > 0) process.exitCode = exit.failed;
    });
}

const FLEET_LAUNCH = join(packageRoot, "launch/fleet-demo.launch.yaml");

function addSim(bench: Command): void {
  onLaunchFile(bench, "sim", "real-time factor of physics and cameras on one core")
    .option("--decisions <count>", "measured decisions of each row", positiveInteger, 200)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: { decisions: number; json?: string }) => {
      const { benchSim, printBenchSim } = await import("../measure/bench/sim.ts");
      const { spec, config, supersample } = await simulated(launch, overrides);
      const result = await benchSim({ spec, cameras: config.cameras, supersample, decisions: flags.decisions });
      show(result, printBenchSim(result), flags.json);
    });
}

function addServos(bench: Command): void {
  bench
    .command("servos")
    .description(
      "an arm on its own bus while one joint swings gently: rounds late and left out, answers lost, the keeper's share of a core",
    )
    .argument("<launch>", "launch file with backend.kind feetech")
    .argument("[overrides...]", OVERRIDES_HELP)
    .option("--minutes <count>", "how long; Ctrl-C ends it earlier and tells what was measured", positiveNumber, 10)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], { minutes, json }: { minutes: number; json?: string }) => {
      const { benchServos, printBenchServos } = await import("../measure/bench/servos.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const { signal } = interruption();
      const result = await benchServos({ config: loadLaunch(...launchOf(launch, overrides)), minutes, onProgress: progressLine, signal });
      show(result, printBenchServos(result), json);
      process.exitCode = result.faults.length > 0 ? exit.failed : exit.success;
    });
}

function addStream(bench: Command): void {
  onLaunchFile(bench, "stream", "evenness of the 250 Hz command stream while a planner and the world keep both cores busy")
    .option("--seconds <count>", "of each row, at most 60", positiveInteger, 30)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: { seconds: number; json?: string }) => {
      const { benchStream, printBenchStream } = await import("../measure/bench/stream.ts");
      const { spec, config, supersample, cameraRateHz } = await simulated(launch, overrides);
      const { signal } = interruption();
      const result = await benchStream({
        spec,
        cameras: config.cameras,
        supersample,
        cameraRateHz,
        seconds: flags.seconds,
        onProgress: progressLine,
        signal,
      });
      show(result, printBenchStream(result), flags.json);
    });
}

interface StopFlags {
  readonly joint?: string;
  readonly speeds: readonly number[];
  readonly repeats: number;
  readonly json?: string;
}

function addStop(bench: Command): void {
  bench
    .command("stop")
    .description("how long and how far this arm goes on after it was told to stop; moves one joint by 0.6 rad, keep clear")
    .argument("<launch>", "launch file")
    .argument("[overrides...]", "changes such as backend:=sim")
    .option("--joint <name>", "which moves (default: the first)")
    .option("--speeds <percent...>", "of the joint's velocity limit", each(positiveNumber), [10, 25, 50])
    .option("--repeats <count>", "stops at each speed", positiveInteger, 5)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: StopFlags) => {
      const { loadLaunch } = await import("../config/load.ts");
      const { benchStop, printBenchStop } = await import("../measure/bench/stop.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      const shares = flags.speeds.map((percent) => Math.min(1, percent / 100));
      const { joint, repeats } = flags;
      const result = await benchStop({ config, joint, shares, repeats, onProgress: progressLine, signal: interruption().signal });
      show(result, printBenchStop(result), flags.json);
    });
}

function addFleet(bench: Command): void {
  bench
    .command("fleet")
    .description("what each further arm of a fleet costs in processor and memory, and whether all still decide in time")
    .argument("[launch]", "launch file with fleet", FLEET_LAUNCH)
    .argument("[overrides...]", OVERRIDES_HELP)
    .option("--seconds <count>", "of each row", positiveInteger, 20)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], { seconds, json }: { seconds: number; json?: string }) => {
      const { benchFleet, printBenchFleet } = await import("../measure/bench/fleet.ts");
      const { signal } = interruption();
      const result = await benchFleet({ launch, overrides, seconds, onProgress: progressLine, signal });
      show(result, printBenchFleet(result), json);
    });
}

function addRecord(bench: Command): void {
  bench
    .command("record")
    .description(
      "share of a core that recording takes with a camera at 30 Hz and joints at 250 Hz, how long it holds the loop up, what it drops",
    )
    .option("--seconds <count>", "of each row", positiveInteger, 20)
    .option("--width <px>", "of the pictures; their height is three quarters of it", positiveInteger, 640)
    .option("--kills <count>", "recording processes that are killed; 0 for none", notNegative, 0)
    .option("--json <file>", "write the figures")
    .action(async ({ seconds, width: widthPx, kills, json }: { seconds: number; width: number; kills: number; json?: string }) => {
      const { benchRecord, printBenchRecord } = await import("../measure/bench/record.ts");
      const { signal } = interruption();
      const result = await benchRecord({ seconds, widthPx, kills, onProgress: progressLine, signal });
      show(result, printBenchRecord(result), json);
    });
}

function addPage(bench: Command): void {
  bench
    .command("page")
    .description("share of a core that the live page takes from the agent, by how many look, and how much a first load is")
    .option("--seconds <count>", "of each row", positiveInteger, 20)
    .option("--width <px>", "of the camera's pictures; their height is three quarters of it", positiveInteger, 640)
    .option("--json <file>", "write the figures")
    .action(async ({ seconds, width: widthPx, json }: { seconds: number; width: number; json?: string }) => {
      const { benchPage, printBenchPage } = await import("../measure/bench/page.ts");
      const { signal } = interruption();
      const result = await benchPage({ seconds, widthPx, onProgress: progressLine, signal });
      show(result, printBenchPage(result), json);
    });
}

function addGuards(bench: Command): void {
  onLaunchFile(bench, "guards", "the guards of this arm against an adversary: does anything get past, and how long does each guard take?")
    .option("--cases <count>", "tried, of all kinds together: segments, states, actions, goals, objectives", positiveInteger, 100_000)
    .option("--seed <number>", "of the adversary", seedNumber, 1)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], { cases, seed, json }: { cases: number; seed: number; json?: string }) => {
      const { benchGuards } = await import("../measure/bench/guards/guards.ts");
      const { printBenchGuards } = await import("../measure/bench/guards/print.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      const { signal } = interruption();
      const result = await benchGuards({ config, cases, seed, onProgress: progressLine, signal });
      show(result, printBenchGuards(result), json);
      if (result.problems.length > 0) process.exitCode = exit.failed;
      else signal.throwIfAborted();
    });
}

/** Robot and simulator of a launch file, for benches that need no model. */
async function simulated(launch: string, overrides: readonly string[]) {
  const { loadLaunch } = await import("../config/load.ts");
  const { robotOf } = await import("../compose.ts");
  const config = loadLaunch(...launchOf(launch, overrides));
  const { simSection } = await import("../backends/sim/backend.ts");
  const { cameraSupersample: supersample, cameraRateHz } = simSection(config, "this bench needs the simulator");
  return { spec: await robotOf(config), config, supersample, cameraRateHz };
}
