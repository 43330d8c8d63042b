/** `foresight worker`: this machine does what others hand out. */
import type { Command } from "commander";
import { SystemClock } from "../../runtime/core/clock.ts";
import { interruption, say } from "./command-line.ts";
import { accessOf, JOBS_TOKEN, type JobFlags, withTls } from "./job-options.ts";
import { productVersion } from "./version.ts";

const HELP = `
The jobs come from a NATS server with JetStream (nats-server -js); whoever wants something done names the same address: foresight eval --jobs URL, and collect and practise with the same option.
One worker does one job at a time: start as many as there are cores to give. One that is killed loses at most the seed that it was at, and others take
the rest of its job; what they come to counts once. It simulates and nothing else: no job moves a real arm, and nothing that it is sent is run as a program.
Other machines are reached by tls:// alone. The token is that of ${JOBS_TOKEN}. Projects lie alike on all machines: the same version, the same models
(a worker compares their hashes and leaves jobs that are not about its own).

  foresight worker nats://127.0.0.1:4222`;

export function addWorker(program: Command): void {
  withTls(
    program
      .command("worker")
      .description(
        "episodes and play for the evaluations, data sets and practice of other machines, from a queue; dies and comes back without harm",
      )
      .argument("<url>", "of the job server: nats:// on this machine, tls:// elsewhere"),
  )
    .addHelpText("after", HELP)
    .action(async (url: string, flags: JobFlags) => {
      const { JobQueue } = await import("../jobs/queue.ts");
      const { work } = await import("../jobs/work.ts");
      const { EVAL, openEvalBench } = await import("../jobs/eval-jobs.ts");
      const { COLLECT, openCollectBench } = await import("../jobs/collect-jobs.ts");
      const { PRACTISE, openPractiseBench } = await import("../jobs/practise-jobs.ts");
      const { signal } = interruption();
      const clock = new SystemClock();
      await using queue = await JobQueue.open(accessOf(url, flags));
      const kinds = {
        [EVAL]: (config: string) => openEvalBench(config, productVersion),
        [COLLECT]: (config: string) => openCollectBench(config, productVersion, queue.parts(clock)),
        [PRACTISE]: (config: string) => openPractiseBench(config, productVersion, queue.parts(clock), signal),
      };
      say(`working for ${url}; Ctrl-C ends it`);
      await work(queue, { clock, say: (line) => console.error(line), signal, kinds });
    });
}
