#!/usr/bin/env node
/** The command line: every verb with its options, its help, and exit code 0 only on success. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { nsToSeconds, SystemClock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { packageRoot } from "../runtime/core/package-root.ts";
import { addCollectCommand } from "./collect-command.ts";
import { addArmCommands } from "./arm-commands.ts";
import { addGazeboCommands } from "./gazebo/commands.ts";
import { addGazeboExport } from "./gazebo/export-command.ts";
import { addReplayCommand } from "./replay-command.ts";
import { addRosCommands } from "./ros/commands.ts";
import { rosOverrides, splitRosArguments } from "./ros/arguments.ts";

const version = (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
const DEFAULT_LAUNCH = join(packageRoot, "launch/panda-push.launch.yaml");
const OVERRIDES_HELP = "changes such as planner.samples:=256 backend.mode:=lockstep";

/** Exit codes: 0 success, 1 the task or a check failed, 2 bad input, 130 interrupted. */
const EXIT = { success: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

const commandLine = splitRosArguments(process.argv.slice(2));

const program = new Command("foresight")
  .description("A robot arm that sees, imagines with a learned world model, plans inside guardrails, acts, and is supervised.")
  .version(version)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === EXIT.success ? EXIT.success : EXIT.badInput)) // Commander's own code would be 1.
  .addHelpText(
    "after",
    "\nWith backend.kind ros2, arguments for its node go behind --ros-args: -r from:=to, -r __ns:=/name, -r __node:=name, -p name:=value.",
  )
  .configureHelp({ sortSubcommands: false });

program
  .command("run")
  .description("run the task of a launch file; prints the address of a live page, and a report at the end")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--check", "check everything, print the graph, move nothing")
  .option("--json <file>", "write the report")
  .action(async (launch: string, overrides: string[], { check, json }: { check?: boolean; json?: string }) => {
    const { loadLaunch } = await import("./load.ts");
    const { draw } = await import("./compose.ts");
    const blueprint = await draw(loadLaunch(...launchOf(launch, overrides)));
    if (check) return console.log(await checked(blueprint));
    const { isSame, printRun, run } = await import("./run.ts");
    const interrupt = interruption();
    const io = { say: console.log, signal: interrupt.signal };
    const { backend } = blueprint.config;
    const report = await (backend.kind === "ros2" ? (await import("./ros/run.ts")).runOverRos(blueprint, backend, io) : run(blueprint, io));
    if (json) writeJson(json, report);
    console.log(printRun(report));
    const reached = report.reached ?? report.result === "succeeded";
    const done = report.replay ? isSame(report.replay) : reached;
    process.exitCode = interrupt.signal.aborted ? EXIT.interrupted : done ? EXIT.success : EXIT.failed;
  });

program
  .command("check")
  .description("check a launch file: keys, units, files, hashes, sizes, limits; prints the graph and moves nothing")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--live", "with backend.kind ros2: compare the arm that answers with the file, and what its cameras see with what they should")
  .option("--out <folder>", "for the overlays of --live", "live-check")
  .action(async (launch: string, overrides: string[], { live, out }: { live?: boolean; out: string }) => {
    const { loadLaunch } = await import("./load.ts");
    const { draw } = await import("./compose.ts");
    const blueprint = await draw(loadLaunch(...launchOf(launch, overrides)));
    console.log(await checked(blueprint));
    if (!live) return;
    const { checkLive, printFindings } = await import("./check-live.ts");
    const findings = await checkLive({ blueprint, folder: resolve(out) });
    console.log(printFindings(findings));
    process.exitCode = findings.every(({ ok }) => ok) ? EXIT.success : EXIT.failed;
  });

program
  .command("eval")
  .description("success on seeded episodes: object-level, at the end, with interval; seeds from 1000 up are for evaluation only")
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--launch <file>", "launch file", DEFAULT_LAUNCH)
  .option("--episodes <count>", "episodes", positiveInteger, 100)
  .option("--seed <number>", "seed of the first episode; episode i uses seed + i", naturalNumber, 1000)
  .addOption(new Option("--policy <name>", "who decides").choices(["mode2", "mode1", "random", "oracle"]).default("mode2"))
  .addOption(
    new Option("--goal <kind>", "what tells the goal: pictures, or the position of object or tool")
      .choices(["image", "position"])
      .default("image"),
  )
  .option("--failures <folder>", "write a picture of every failed episode: start, end and goal")
  .option("--robustness", "the same episodes with cameras moved, other light, colour, latency and table: a row each")
  .option("--realtime", "the world goes on while the agent thinks (default: it waits)")
  .option("--json <file>", "write the figures")
  .action(async (overrides: string[], options: EvalFlags) => {
    const { evaluateLaunch, printEvaluation } = await import("./eval.ts");
    const interrupt = interruption();
    const io = { say: console.log, progress: progressLine, signal: interrupt.signal };
    if (options.robustness) {
      const { evaluateRobustness, printRobustness } = await import("./robustness.ts");
      const rows = await evaluateRobustness({ ...options, overrides: [...overrides, ...rosOverrides(commandLine.ros)] }, io);
      show(rows, printRobustness(rows), options.json);
      if (interrupt.signal.aborted) process.exitCode = EXIT.interrupted;
      return;
    }
    const report = await evaluateLaunch({ ...options, overrides: [...overrides, ...rosOverrides(commandLine.ros)] }, io);
    if (options.json) writeJson(options.json, report);
    console.log(printEvaluation(report));
    if (interrupt.signal.aborted) process.exitCode = EXIT.interrupted;
  });

addCollectCommand(program, {
  launchOf,
  progressLine,
  interruption,
  positiveInteger,
  naturalNumber,
  version,
  defaultLaunch: DEFAULT_LAUNCH,
});

program
  .command("train")
  .description(
    "a world model from a data set: what it sees, what follows from an action, how far a goal is; interrupted, the same command goes on",
  )
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .requiredOption("--data <folder>", "what foresight collect wrote")
  .option("--out <folder>", "the model package (default: the launch file's model)")
  .option("--work <folder>", "checkpoints (default: beside the data)")
  .option("--minutes <count>", "of computing, saving and reporting apart (default: 45)", positiveNumber)
  .option("--steps <count>", "of each phase instead of minutes: such a run repeats exactly", positiveInteger)
  .option("--from <model>", "go on from this package's weights, on other data: a new scene, a real camera")
  .addOption(
    new Option("--only <network>", "train this alone on what --from sees, its other networks stay (default: 2 minutes)").choices([
      "uncertainty",
    ]),
  )
  .option("--seed <number>", "of weights, batches and held-out episodes", naturalNumber, 1)
  .option("--threads <count>", "of ONNX Runtime (default: the launch file's)", positiveInteger)
  .option("--privileged", "the twin that is told where everything is, instead of seeing: eval's oracle")
  .option("--no-regulariser", "without what keeps the embedding from collapsing: to see it collapse")
  .option("--json <file>", "write the report")
  .action(async (launch: string, overrides: string[], flags: TrainCommand) => {
    const { trainLaunch } = await import("./train.ts");
    const { printTraining } = await import("./print-training.ts");
    const [file, changes] = launchOf(launch, overrides);
    const io = { say: console.log, progress: progressLine, signal: interruption().signal };
    const evaluation = await trainLaunch({ ...flags, launch: file, overrides: changes, productVersion: version }, io);
    show(evaluation, printTraining(evaluation), flags.json);
  });

program
  .command("practise")
  .description(
    "the planner's skill becomes a habit: the policy imitates its successes and its advice, and imagines its own way; interrupted, the same command goes on",
  )
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--episodes <count>", "of each round", positiveInteger, 100)
  .option("--rounds <count>", "the planner acts in the first, the policy in the others", positiveInteger, 4)
  .option("--steps <count>", "of training after each round", positiveInteger, 4000)
  .option("--seed <number>", "of starts, goals and weights", naturalNumber, 1)
  .option("--data <folder>", "play to imagine from as well: what foresight collect wrote")
  .option("--compare <count>", "episodes of the comparison at the end, seeds from 600", positiveInteger, 40)
  .option("--out <folder>", "the model package (default: the launch file's, whose policy is replaced)")
  .option("--work <folder>", "finished rounds (default: beside the package; removed at the end)")
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: PractiseCommand) => {
    const { practise, printPractice } = await import("./practise.ts");
    const [file, changes] = launchOf(launch, overrides);
    const io = { say: console.log, progress: progressLine, signal: interruption().signal };
    const report = await practise({ ...flags, launch: file, overrides: changes }, io);
    show(report, printPractice(report), flags.json);
  });

const bench = program.command("bench").description("measure: planning, the simulator, the command stream; nothing is asserted");

bench
  .command("plan")
  .description("time of encode, plan, guard and the whole decision; GFLOP, share of the GEMM peak, PyTorch beside it")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--decisions <count>", "measured decisions of each row", positiveInteger, 200)
  .option("--torch <python>", "a Python with torch and onnx, for the peer row")
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: { decisions: number; torch?: string; json?: string }) => {
    const { benchPlan, printBenchPlan } = await import("./bench/plan.ts");
    const { loadLaunch } = await import("./load.ts");
    const { signal } = interruption();
    const config = loadLaunch(...launchOf(launch, overrides));
    const result = await benchPlan({ config, decisions: flags.decisions, torch: flags.torch ?? null, onProgress: progressLine, signal });
    show(result, printBenchPlan(result), flags.json);
  });

bench
  .command("train")
  .description("frames a second of the encoder's training step, optimiser included; the same step in PyTorch turn by turn, memory of both")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--rows <count>", "turns of each side", positiveInteger, 6)
  .option("--steps <count>", "timed steps of each turn", positiveInteger, 40)
  .option("--threads <count>", "of both (default: the launch file's)", positiveInteger)
  .option("--torch <python>", "a Python with torch, for the peer")
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: BenchTrainFlags) => {
    const { benchTrain, printBenchTrain } = await import("./bench/train.ts");
    const { loadLaunch } = await import("./load.ts");
    const { signal } = interruption();
    const config = loadLaunch(...launchOf(launch, overrides));
    const { rows, steps, threads = config.model.threads, torch = null } = flags;
    const result = await benchTrain({ config, rows, steps, threads, torch, onProgress: progressLine, signal });
    show(result, printBenchTrain(result), flags.json);
  });

bench
  .command("solvers")
  .description("success against compute of cem, mppi, icem, gradient and the policy on one model, on development seeds")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--episodes <count>", "episodes of each row", positiveInteger, 40)
  .option("--seed <number>", "seed of the first episode; all below 1000", naturalNumber, 600)
  .addOption(new Option("--solvers <names...>", "only these").choices(["cem", "mppi", "icem", "gradient", "policy"]))
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: SolversFlags) => {
    const { BENCHED_SOLVERS, benchSolvers, printBenchSolvers } = await import("./bench/solvers.ts");
    const { signal } = interruption();
    const [file, own] = launchOf(launch, overrides);
    const solvers = BENCHED_SOLVERS.filter((name) => !flags.solvers || flags.solvers.includes(name));
    const { episodes, seed } = flags;
    const result = await benchSolvers({ launch: file, overrides: own, episodes, seed, solvers, onProgress: progressLine, signal });
    show(result, printBenchSolvers(result), flags.json);
  });

bench
  .command("sim")
  .description("real-time factor of physics and cameras on one core")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--decisions <count>", "measured decisions of each row", positiveInteger, 200)
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: { decisions: number; json?: string }) => {
    const { benchSim, printBenchSim } = await import("./bench/sim.ts");
    const { spec, config, supersample } = await simulated(launch, overrides);
    const result = await benchSim({ spec, cameras: config.cameras, supersample, decisions: flags.decisions });
    show(result, printBenchSim(result), flags.json);
  });

bench
  .command("stream")
  .description("evenness of the 250 Hz command stream while a planner and the world keep both cores busy")
  .argument("[launch]", "launch file", DEFAULT_LAUNCH)
  .argument("[overrides...]", OVERRIDES_HELP)
  .option("--seconds <count>", "of each row, at most 60", positiveInteger, 30)
  .option("--json <file>", "write the figures")
  .action(async (launch: string, overrides: string[], flags: { seconds: number; json?: string }) => {
    const { benchStream, printBenchStream } = await import("./bench/stream.ts");
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

addArmCommands(program, bench, { positiveInteger, positiveNumber, interruption, launchOf, show, progress: progressLine, exit: EXIT });
addRosCommands(program);
addReplayCommand(program, { writeJson, interruption, exit: EXIT });

program
  .command("doctor")
  .description("what this machine has and lacks: Node, providers, models, port; how to add CUDA")
  .option("--json <file>", "write the findings")
  .action(async (flags: { json?: string }) => {
    const { doctor, printDoctor } = await import("./doctor.ts");
    const result = await doctor();
    show(result, printDoctor(result), flags.json);
    process.exitCode = result.ok ? EXIT.success : EXIT.failed;
  });

addGazeboExport(addGazeboCommands(program, { positiveInteger, writeJson, interruption, exit: EXIT }));

/** Robot and simulator of a launch file, for benches that need no model. */
async function simulated(launch: string, overrides: readonly string[]) {
  const { loadLaunch } = await import("./load.ts");
  const { robotOf } = await import("./compose.ts");
  const config = loadLaunch(...launchOf(launch, overrides));
  const { backend } = config;
  if (backend.kind !== "sim")
    throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": this bench needs the simulator; use sim`);
  return { spec: await robotOf(config), config, supersample: backend.cameraSupersample, cameraRateHz: backend.cameraRateHz };
}

function show(result: object, text: string, json: string | undefined): void {
  if (json) writeJson(json, result);
  console.log(text);
}

interface SolversFlags {
  readonly episodes: number;
  readonly seed: number;
  readonly solvers?: readonly string[];
  readonly json?: string;
}

interface EvalFlags {
  readonly launch: string;
  readonly episodes: number;
  readonly seed: number;
  readonly policy: "mode2" | "mode1" | "random" | "oracle";
  readonly realtime?: boolean;
  readonly goal: "image" | "position";
  readonly robustness?: boolean;
  readonly failures?: string;
  readonly json?: string;
}

interface TrainCommand {
  readonly data: string;
  readonly out?: string;
  readonly work?: string;
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed: number;
  readonly threads?: number;
  readonly privileged?: boolean;
  readonly regulariser: boolean;
  readonly from?: string;
  readonly only?: "uncertainty";
  readonly json?: string;
}

interface BenchTrainFlags {
  readonly rows: number;
  readonly steps: number;
  readonly threads?: number;
  readonly torch?: string;
  readonly json?: string;
}

interface PractiseCommand {
  readonly episodes: number;
  readonly rounds: number;
  readonly steps: number;
  readonly seed: number;
  readonly compare: number;
  readonly data?: string;
  readonly out?: string;
  readonly work?: string;
  readonly json?: string;
}

/** `foresight run seed:=2` means the default launch file with that override; what followed --ros-args goes to the backend's node. */
function launchOf(launch: string, overrides: readonly string[]): [string, readonly string[]] {
  const all = [...overrides, ...rosOverrides(commandLine.ros)];
  return launch.includes(":=") ? [DEFAULT_LAUNCH, [launch, ...all]] : [launch, all];
}

async function checked(blueprint: import("./compose.ts").Blueprint): Promise<string> {
  const { describeBlueprint } = await import("./describe.ts");
  return describeBlueprint(blueprint);
}

/** The first Ctrl-C stops the arm and lets everything end; the second ends this process, and the keeper then stops the arm alone. */
function interruption(): AbortController {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    console.error("stopping; once more to leave at once");
    controller.abort(new AgentError("stop.operator", "interrupted from the keyboard"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller;
}

const PROGRESS_PERIOD_S = 30;
let progressNs: bigint | null = null;

/** One line that is overwritten on a terminal; elsewhere a line every half minute, for logs. */
function progressLine(text: string): void {
  if (process.stderr.isTTY) return void process.stderr.write(`\r${text}\u001b[K`);
  const nowNs = new SystemClock().nowNs();
  if (progressNs !== null && nsToSeconds(nowNs - progressNs) < PROGRESS_PERIOD_S) return;
  progressNs = nowNs;
  process.stderr.write(`${text}\n`);
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(resolve(path), `${JSON.stringify(value, null, 2)}\n`);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`"${text}" is no whole number above 0`);
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError(`"${text}" is no number above 0`);
  return value;
}

function naturalNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError(`"${text}" is no whole number from 0 up`);
  return value;
}

try {
  await program.parseAsync([...commandLine.others], { from: "user" });
} catch (error) {
  // What the world did wrong is said in one message; a bug shows its stack.
  console.error(error instanceof AgentError ? `${error.code}: ${error.message}` : error);
  const stopped = error instanceof AgentError && error.code === "stop.operator";
  process.exitCode = stopped ? EXIT.interrupted : error instanceof AgentError ? EXIT.badInput : EXIT.failed;
}
