/** The command `foresight collect`: its options, its help, and the person beside a real arm. */
import { createInterface } from "node:readline/promises";
import { type Command, Option } from "commander";
import { nsToSeconds, SystemClock } from "../../runtime/core/clock.ts";
import type { SpreadIo } from "../jobs/collect-jobs.ts";
import type { CollectFlags, CollectIo } from "../learn/collect.ts";
import type { Operator } from "../learn/play/stage.ts";
import { DEFAULT_LAUNCH, interruption, launchOf, positiveInteger, progressLine, say, seedNumber, threadCount } from "./command-line.ts";
import { clutchOption } from "./desk-commands.ts";
import { accessOf, type JobFlags, withTls } from "./job-options.ts";
import { productVersion } from "./version.ts";

type CollectCommand = Omit<CollectFlags, "launch" | "overrides" | "productVersion"> & JobFlags & { readonly jobs?: string };

const HELP = `
Two kinds of play, both inside the guards of the launch file:
  scripted  looks at the poses of a simulation to choose where to go: pushes the object about, visits, drifts. On sim and gazebo only.
  free      knows nothing but where its own tool is: pushes from the rim of the workspace through its middle, visits, sweeps, returns to
            where it has been, pauses. No labels; on every backend, a real arm included (then the data have no place of the object, and
            train makes no probe).

With --teleop a person plays instead: the tool of a second arm, moved by hand, says where this one's goes, a step a decision.

A simulation is reset before every episode (--reset-every 1). A real arm is stopped before every 25th, and you are asked to put the things
back into the work area; --no-prompt never asks. A fault (a camera that is silent, a refused motion) ends the running episode, five such
episodes in a row end the collection. Shards that are whole are kept: the same command goes on from there.

With --jobs the shards are played by workers on other machines (foresight worker) and come here by the job server: the same bytes as without.
In the embedded simulator that waits only. A shard is what a worker does at a time: many workers want smaller ones (--shard-rows).

  foresight collect launch/my-scene.launch.yaml --out my-data
  foresight collect launch/my-scene.launch.yaml backend.kind:=gazebo --out gazebo-data --play free --workers 2 --rows 20000`;

export function addCollect(program: Command): void {
  withTls(
    program
      .command("collect")
      .description("experience to learn from: seeded play of the simulated or the real arm; interrupted, the same command goes on"),
  )
    .argument("[launch]", "launch file", DEFAULT_LAUNCH)
    .argument("[overrides...]", "changes such as backend.scene.objects.cube.massKg:=0.2")
    .requiredOption("--out <folder>", "the data set")
    .option("--rows <count>", "decisions, five a second of the arm's time", positiveInteger, 160_000)
    .addOption(
      new Option("--play <kind>", "how it plays (default: scripted in a simulation, free elsewhere)").choices(["scripted", "free"]),
    )
    .option("--workers <count>", "threads, or Gazebo servers (default: 2 where the embedded simulator waits, else 1)", threadCount)
    .option("--seed <number>", "in a simulation that waits, the same seed gives the same data", seedNumber, 1)
    .option("--realtime", "a simulation goes on while the arm decides (default: it waits)")
    .option("--reset-every <episodes>", "put things back before every so many-th episode of 12 s", positiveInteger)
    .option(
      "--shard-rows <count>",
      "of a file of the data set (default: 10000, or 240 where an arm or a server makes them)",
      positiveInteger,
    )
    .option("--jobs <url>", "play on workers (foresight worker) of this job server: the same bytes, shard by shard")
    .option("--no-prompt", "with a real arm: never ask a person to put things back")
    .option("--teleop <port>", "a person leads the tool by another arm, on this serial port; see teleop")
    .option("--leader-calibration <file>", "of that arm (default: that of virtual-arm --leader)")
    .addOption(clutchOption("key", "gripper"))
    .addHelpText("after", HELP)
    .action(async (launch: string, overrides: string[], flags: CollectCommand) => {
      const [file, changes] = launchOf(launch, overrides);
      const clock = new SystemClock();
      const beginNs = clock.nowNs();
      const elapsedS = (): number => nsToSeconds(clock.nowNs() - beginNs);
      const run = { progress: progressLine, elapsedS, operator: terminalOperator, signal: interruption().signal };
      const { jobs, ...play } = flags;
      const asked = { ...play, launch: file, overrides: changes, productVersion };
      say(await (jobs === undefined ? collectHere(asked, run) : onWorkers(jobs, flags, asked, { ...run, clock, say })));
    });
}

async function collectHere(flags: CollectFlags, io: CollectIo): Promise<string> {
  const { collectLaunch } = await import("../learn/collect.ts");
  return collectLaunch(flags, io);
}

async function onWorkers(url: string, access: JobFlags, flags: CollectFlags, io: SpreadIo): Promise<string> {
  const { JobQueue } = await import("../jobs/queue.ts");
  const { collectByJobs } = await import("../jobs/collect-jobs.ts");
  await using queue = await JobQueue.open(accessOf(url, access));
  return await collectByJobs(queue, flags, io);
}

/** Null where there is no terminal. */
const terminalOperator: Operator | null = process.stdin.isTTY
  ? {
      async ask(request, signal) {
        const terminal = createInterface({ input: process.stdin, output: process.stderr });
        try {
          await terminal.question(`\n${request} `, { signal });
        } finally {
          terminal.close();
        }
      },
    }
  : null;
