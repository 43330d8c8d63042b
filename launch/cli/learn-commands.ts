/** The commands that measure what a model does and make better ones: eval, collect, train, practise. */
import { type Command, Option } from "commander";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { LEVELS } from "../../runtime/learn/recipe.ts";
import type { CalibrateFlags } from "../learn/calibrate-surprise.ts";
import type { PractiseFlags, PractiseIo, PractiseReport } from "../learn/practise.ts";
import type { TrainFlags } from "../learn/train.ts";
import type { EvalIo, EvalOptions } from "../measure/eval.ts";
import type { EvaluationReport } from "../measure/evaluate.ts";
import { addCollect } from "./collect-command.ts";
import {
  DEFAULT_LAUNCH,
  exit,
  interruption,
  launchOf,
  OVERRIDES_HELP,
  onLaunchFile,
  positiveInteger,
  positiveNumber,
  progressLine,
  say,
  seedNumber,
  share,
  show,
  threadCount,
  withRos,
} from "./command-line.ts";
import { accessOf, type JobFlags, withTls } from "./job-options.ts";
import { productVersion } from "./version.ts";

/** What commander gives: the options of the work itself but for the arguments before them. */
type Flags<Options> = Omit<Options, "launch" | "overrides" | "productVersion"> & { readonly json?: string };
type EvalCommand = Flags<EvalOptions> &
  Pick<EvalOptions, "launch"> & {
    readonly robustness?: boolean;
    readonly grid?: readonly string[];
    readonly jobs?: string;
    readonly card?: boolean;
    readonly memory?: string;
    readonly rounds?: number;
  } & JobFlags;

export function addLearnCommands(program: Command): void {
  addEval(program);
  addCollect(program);
  addTrain(program);
  addPractise(program);
  addCalibrateSurprise(program);
}

function addCalibrateSurprise(program: Command): void {
  onLaunchFile(
    program,
    "calibrate-surprise",
    "how much surprise is usual for a model, from held-out simulated runs, into its card; false alarms an hour, and what it notices",
  )
    .option("--episodes <count>", "for the threshold, and as many again for the false alarms", positiveInteger, 25)
    .option("--seed <number>", "of the first episode; all below 1000", seedNumber, 700)
    .option("--alpha <share>", "of usual decisions may lie above the threshold", share, 0.005)
    .option("--disturbed <count>", "episodes of each disturbance", positiveInteger, 10)
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: Flags<CalibrateFlags>) => {
      const { calibrateSurprise, keepSurprise, printCalibration } = await import("../learn/calibrate-surprise.ts");
      const [file, changes] = launchOf(launch, overrides);
      const report = await calibrateSurprise(
        { ...flags, launch: file, overrides: changes },
        { progress: progressLine, signal: interruption().signal },
      );
      show(report, printCalibration(report), flags.json);
      await keepSurprise(report);
    });
}

function addEval(program: Command): void {
  withTls(
    program
      .command("eval")
      .description("success on seeded episodes: object-level, at the end, with interval; seeds from 1000 up are for evaluation only"),
  )
    .argument("[overrides...]", OVERRIDES_HELP)
    .option("--launch <file>", "launch file", DEFAULT_LAUNCH)
    .option("--episodes <count>", "episodes", positiveInteger, 100)
    .option("--seed <number>", "seed of the first episode; episode i uses seed + i", seedNumber, 1000)
    .addOption(new Option("--policy <name>", "who decides").choices(["mode2", "mode1", "random", "oracle"]).default("mode2"))
    .addOption(
      new Option("--goal <kind>", "what tells the goal: pictures, or the position of object or tool")
        .choices(["image", "position"])
        .default("image"),
    )
    .addOption(
      new Option(
        "--subgoals <source>",
        "sampled by a planner that has any, or told by the task one after the other, to see what finding them costs",
      )
        .choices(["sampled", "told"])
        .default("sampled"),
    )
    .option("--failures <folder>", "write a picture of every failed episode: start, end and goal")
    .option(
      "--robustness",
      "the same episodes with cameras moved, other light, colours, shapes, sizes, bystanders, latency and table: a row each",
    )
    .option(
      "--grid <settings...>",
      "the same episodes with every combination of settings, such as planner.samples:=64,128 planner.iterations:=2,3: a row each; seeds below 1000",
    )
    .option(
      "--memory <folder>",
      "the same episodes round after round, each offered what the rounds before did: success and decisions to success of each; the folder is made, or added to",
    )
    .option("--rounds <count>", "of --memory (default: 2)", positiveInteger)
    .option("--realtime", "the world goes on while the agent thinks (default: it waits)")
    .option("--jobs <url>", "play the episodes on workers (foresight worker) of this job server: the same figures, seed by seed")
    .option("--card", "write how often it succeeded into the model's card, for model.requires")
    .option("--json <file>", "write the figures")
    .action(async (overrides: string[], options: EvalCommand) => {
      const interrupt = interruption();
      const { evaluateLaunch, printEvaluation } = await import("../measure/eval.ts");
      let lost: unknown = null;
      const onLost = (error: unknown): void => {
        lost ??= error;
      };
      const io = { say, progress: progressLine, signal: interrupt.signal, onLost };
      if (options.memory !== undefined || options.rounds !== undefined) {
        await evalMemory({ ...options, overrides: withRos(overrides) }, io);
        if (interrupt.signal.aborted) process.exitCode = exit.interrupted;
        return;
      }
      if (options.robustness) {
        if (options.jobs) throw new AgentError("launch.invalid", "--robustness plays here; leave out --jobs");
        if (options.card) throw new AgentError("launch.invalid", "--robustness tells of many worlds, a card of one; leave out --card");
        const { evaluateRobustness, printRobustness } = await import("../measure/robustness.ts");
        const rows = await evaluateRobustness({ ...options, overrides: withRos(overrides) }, io);
        show(rows, printRobustness(rows), options.json);
        if (lost) throw lost;
        if (interrupt.signal.aborted) process.exitCode = exit.interrupted;
        return;
      }
      const evaluation = { ...options, overrides: withRos(overrides) };
      if (options.grid) {
        if (options.card || options.failures)
          throw new AgentError("launch.invalid", "--grid compares settings; leave out --card and --failures");
        const { evaluateGrid, printGrid } = await import("../measure/grid.ts");
        const { jobs } = options;
        const play: typeof evaluateLaunch = (each, told) => (jobs ? onWorkers(jobs, options, each, told) : evaluateLaunch(each, told));
        const rows = await evaluateGrid(evaluation, options.grid, play, io);
        show(rows, printGrid(rows), options.json);
        if (interrupt.signal.aborted) process.exitCode = exit.interrupted;
        return;
      }
      const { intoCard, tryIntoCard } = await import("../measure/into-card.ts");
      if (options.card) await tryIntoCard(evaluation);
      const report = await (options.jobs ? onWorkers(options.jobs, options, evaluation, io) : evaluateLaunch(evaluation, io));
      show(report, printEvaluation(report), options.json);
      if (lost) throw lost;
      if (interrupt.signal.aborted) process.exitCode = exit.interrupted;
      else if (options.card) await intoCard(evaluation, report);
    });
}

async function evalMemory({ memory, rounds = 2, ...options }: EvalCommand & EvalOptions, io: EvalIo): Promise<void> {
  if (memory === undefined) throw new AgentError("launch.invalid", "--rounds: are of --memory; give it a folder, or leave out --rounds");
  if (options.robustness || options.grid || options.card || options.failures || options.jobs)
    throw new AgentError("launch.invalid", "--memory plays rounds here; leave out --robustness, --grid, --card, --failures and --jobs");
  const { evaluateMemory, printMemory } = await import("../measure/memory-rounds.ts");
  const report = await evaluateMemory({ ...options, memory, rounds }, io);
  show(report, printMemory(report), options.json);
}

async function onWorkers(url: string, flags: JobFlags, options: EvalOptions, io: EvalIo): Promise<EvaluationReport> {
  const { JobQueue } = await import("../jobs/queue.ts");
  const { evaluateByJobs } = await import("../jobs/eval-jobs.ts");
  await using queue = await JobQueue.open(accessOf(url, flags));
  return await evaluateByJobs(queue, options, { product: productVersion, clock: new SystemClock() }, io);
}

function addTrain(program: Command): void {
  onLaunchFile(
    program,
    "train",
    "a world model from a data set: what it sees, what follows from an action, how far a goal is; interrupted, the same command goes on",
  )
    .requiredOption("--data <folder>", "what foresight collect wrote")
    .option("--out <folder>", "the model package (default: the launch file's model)")
    .option("--work <folder>", "checkpoints (default: beside the data)")
    .option("--minutes <count>", "of computing, saving and reporting apart (default: 45)", positiveNumber)
    .option("--steps <count>", "of each phase instead of minutes: such a run repeats exactly", positiveInteger)
    .option("--from <model>", "go on from this package's weights, on other data: a new scene, a real camera")
    .option(
      "--teacher <model>",
      "a twin that was trained with --privileged: the encoder learns to tell from pictures what the twin is told, the other networks go on from the twin's",
    )
    .option(
      "--rehearse <folder>",
      "a second data set beside it, such as what --from was made of, so that it is not forgotten; other provenance than --data's is fine",
    )
    .option(
      "--rehearse-share <share>",
      "of what is learned from is of --rehearse, such as 0.7 for data that are mostly simulated (default: 0.5)",
      share,
    )
    .option(
      "--retake <folder>",
      "the same play as it looked in other worlds (collect with another backend.vary.take): the encoder learns to foresee the one from the other",
    )
    .option(
      "--rate <share>",
      "of the usual learning rate, for --from's networks: 0.25 where the model nearly works already (default: 1)",
      share,
    )
    .addOption(
      new Option("--only <network>", "train this alone on what --from sees, its other networks stay (default: 2 minutes)").choices([
        "uncertainty",
      ]),
    )
    .option("--seed <number>", "of weights, batches and held-out episodes", seedNumber, 1)
    .option("--threads <count>", "of ONNX Runtime (default: the launch file's)", threadCount)
    .option("--privileged", "the twin that is told where everything is, instead of seeing: eval's oracle")
    .addOption(new Option("--critic <kind>", "how far it looks at once: one decision, or a chunk of four").choices(["one-step", "chunk"]))
    .addOption(
      new Option(
        "--levels <count>",
        "of the planner that it is for: two adds a prior and a sampler of subgoals (default: two with a gripper)",
      ).choices(LEVELS),
    )
    .option("--no-regulariser", "without what keeps the embedding from collapsing: to see it collapse")
    .option("--json <file>", "write the report")
    .action(async (launch: string, overrides: string[], flags: Flags<TrainFlags>) => {
      const io = { say, progress: progressLine, signal: interruption().signal };
      const { trainLaunch } = await import("../learn/train.ts");
      const { printTraining } = await import("../learn/print-training.ts");
      const [file, changes] = launchOf(launch, overrides);
      const evaluation = await trainLaunch({ ...flags, launch: file, overrides: changes, productVersion }, io);
      show(evaluation, printTraining(evaluation), flags.json);
    });
}

function addPractise(program: Command): void {
  withTls(
    onLaunchFile(
      program,
      "practise",
      "the planner's skill becomes a habit: the policy imitates its successes and its advice, and imagines its own way; interrupted, the same command goes on",
    ),
  )
    .option("--episodes <count>", "of each round", positiveInteger, 100)
    .option("--rounds <count>", "the planner acts in the first, the policy in the others", positiveInteger, 4)
    .option("--steps <count>", "of training after each round", positiveInteger, 4000)
    .option("--seed <number>", "of starts, goals and weights", seedNumber, 1)
    .option("--data <folder>", "play to imagine from as well: what foresight collect wrote")
    .option("--compare <count>", "episodes of the comparison at the end, seeds from 600", positiveInteger, 40)
    .option("--out <folder>", "the model package (default: the launch file's, whose policy is replaced)")
    .option("--work <folder>", "finished rounds (default: beside the package; removed at the end)")
    .option(
      "--jobs <url>",
      "play the rounds on workers (foresight worker) of this job server: the same policy; it learns and is compared here",
    )
    .option("--json <file>", "write the figures")
    .action(async (launch: string, overrides: string[], flags: Flags<PractiseFlags> & JobFlags & { readonly jobs?: string }) => {
      const io = { say, progress: progressLine, signal: interruption().signal };
      const { practise, printPractice } = await import("../learn/practise.ts");
      const [file, changes] = launchOf(launch, overrides);
      const asked = { ...flags, launch: file, overrides: changes };
      const report = await (flags.jobs === undefined ? practise(asked, io) : practiseThere(flags.jobs, flags, asked, io));
      show(report, printPractice(report), flags.json);
    });
}

async function practiseThere(url: string, access: JobFlags, flags: PractiseFlags, io: PractiseIo): Promise<PractiseReport> {
  const { JobQueue } = await import("../jobs/queue.ts");
  const { practiseByJobs } = await import("../jobs/practise-jobs.ts");
  await using queue = await JobQueue.open(accessOf(url, access));
  return await practiseByJobs(queue, flags, { product: productVersion, clock: new SystemClock() }, io);
}
