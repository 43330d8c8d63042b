/** `foresight bench ...` of models: planning and training, here, on a GPU and on a server; asserts nothing. */
import { type Command, Option } from "commander";
import {
  each,
  interruption,
  launchOf,
  onLaunchFile,
  positiveInteger,
  positiveIntegerUpTo,
  progressLine,
  seedNumber,
  show,
  threadCount,
} from "./command-line.ts";

export function addModelBenches(bench: Command): void {
  addPlan(bench);
  addTrain(bench);
  addSolvers(bench);
  addRemote(bench);
  addGpu(bench);
}

function addPlan(bench: Command): void {
  onLaunchFile(bench, "plan", "time of encode, plan, guard and the whole decision; GFLOP, share of the GEMM peak, PyTorch beside it")
    .option("--decisions <count>", "measured decisions of each row", positiveInteger, 200)
    .option("--torch <python>", "a Python with torch and onnx, for the peer row")
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: { decisions: number; torch?: string; json?: string }) => {
      const { benchPlan, printBenchPlan } = await import("../measure/bench/plan.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const { signal } = interruption();
      const config = loadLaunch(...launchOf(launch, overrides));
      const result = await benchPlan({ config, decisions: flags.decisions, torch: flags.torch ?? null, onProgress: progressLine, signal });
      show(result, printBenchPlan(result), flags.json);
    });
}

interface BenchTrainFlags {
  readonly rows: number;
  readonly steps: number;
  readonly threads?: number;
  readonly torch?: string;
  readonly json?: string;
}

function addTrain(bench: Command): void {
  onLaunchFile(
    bench,
    "train",
    "frames a second of the encoder's training step, optimiser included; the same step in PyTorch turn by turn, memory of both",
  )
    .option("--rows <count>", "turns of each side", positiveInteger, 6)
    .option("--steps <count>", "timed steps of each turn", positiveInteger, 40)
    .option("--threads <count>", "of both (default: the launch file's)", threadCount)
    .option("--torch <python>", "a Python with torch, for the peer")
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: BenchTrainFlags) => {
      const { benchTrain, printBenchTrain } = await import("../measure/bench/train.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const { signal } = interruption();
      const config = loadLaunch(...launchOf(launch, overrides));
      const { rows, steps, threads = config.model.threads, torch = null } = flags;
      const result = await benchTrain({ config, rows, steps, threads, torch, onProgress: progressLine, signal });
      show(result, printBenchTrain(result), flags.json);
    });
}

interface SolversFlags {
  readonly episodes: number;
  readonly seed: number;
  readonly solvers?: readonly string[];
  readonly json?: string;
}

function addSolvers(bench: Command): void {
  onLaunchFile(bench, "solvers", "success against compute of cem, mppi, icem, gradient and the policy on one model, on development seeds")
    .option("--episodes <count>", "episodes of each row", positiveInteger, 40)
    .option("--seed <number>", "seed of the first episode; all below 1000", seedNumber, 600)
    .addOption(new Option("--solvers <names...>", "only these").choices(["cem", "mppi", "icem", "gradient", "policy"]))
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: SolversFlags) => {
      const { BENCHED_SOLVERS, benchSolvers, printBenchSolvers } = await import("../measure/bench/solvers.ts");
      const { signal } = interruption();
      const [file, own] = launchOf(launch, overrides);
      const solvers = BENCHED_SOLVERS.filter((name) => !flags.solvers || flags.solvers.includes(name));
      const { episodes, seed } = flags;
      const result = await benchSolvers({ launch: file, overrides: own, episodes, seed, solvers, onProgress: progressLine, signal });
      show(result, printBenchSolvers(result), flags.json);
    });
}

function addRemote(bench: Command): void {
  onLaunchFile(
    bench,
    "remote",
    "a plan here against the same plan on the inference server of model.provider, or on one of our own that it starts",
  )
    .option("--plans <count>", "measured plans of each side", positiveInteger, 100)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], { plans, json }: { plans: number; json?: string }) => {
      const { benchRemote, printBenchRemote } = await import("../measure/bench/remote.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      const result = await benchRemote({ config, plans, onProgress: progressLine, signal: interruption().signal });
      show(result, printBenchRemote(result), json);
    });
}

/** As planner.samples of a launch file. */
const SAMPLES_MAX = 4096;

interface GpuFlags {
  readonly plans: number;
  readonly samples: readonly number[];
  readonly json?: string;
}

function addGpu(bench: Command): void {
  onLaunchFile(
    bench,
    "gpu",
    "the plan on every provider of this machine, by the number of futures: time, and how far its action is from the cpu's",
  )
    .option("--plans <count>", "measured plans of each row", positiveInteger, 50)
    .option("--samples <counts...>", "futures of an iteration, a row each", each(positiveIntegerUpTo(SAMPLES_MAX)), [64, 128, 512, 2048])
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], { plans, samples, json }: GpuFlags) => {
      const { printBenchGpu } = await import("../measure/bench/gpu.ts");
      const { benchGpuHere } = await import("../measure/bench/gpu-here.ts");
      const { loadLaunch } = await import("../config/load.ts");
      const { signal } = interruption();
      const config = loadLaunch(...launchOf(launch, overrides));
      const result = await benchGpuHere(config, { plans, samples, onProgress: progressLine, signal });
      show(result, printBenchGpu(result), json);
    });
}
