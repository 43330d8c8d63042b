/** Whoever has seeds done by workers and waits for what comes of them. */
import type { Clock } from "../../runtime/core/clock.ts";
import { nsToSeconds } from "../../runtime/core/clock.ts";
import { AgentError, ERROR_CODES, type ErrorCode } from "../../runtime/core/errors.ts";
import type { Job, JobQueue, Outcome } from "./queue.ts";

export interface Campaign {
  readonly kind: string;
  /** What every one of its jobs is about, as text. */
  readonly config: string;
  readonly seeds: readonly number[];
  /** What a worker loses that is killed, at most (default: 5). */
  readonly seedsAJob?: number;
}

/** As much of a queue as a campaign needs. */
export type CampaignQueue = Pick<JobQueue, "publish" | "outcomes" | "coming" | "forget" | "hear" | "withdraw" | "offer" | "isClosed">;

export interface CampaignIo {
  readonly clock: Clock;
  /** Of workers. */
  readonly say: (line: string) => void;
  /** The next one is told of when this one was taken. */
  readonly onOutcome: (outcome: Outcome, done: number) => void | Promise<void>;
  readonly signal: AbortSignal;
}

const SEEDS_A_JOB = 5;
/** Nobody sent a result for so long. */
const PATIENCE_S = 600;

/**
 * What came of every seed, in their order. What earlier calls of the same configuration came to is not done again. Throws the error that ended a seed, the signal's reason,
 * or AgentError `bridge.timeout` when no worker sends anything; what was done until then is kept.
 */
export async function runCampaign(queue: CampaignQueue, campaign: Campaign, io: CampaignIo): Promise<readonly unknown[]> {
  const { kind, config, seeds, seedsAJob = SEEDS_A_JOB } = campaign;
  const configHash = await queue.publish(config);
  const values = new Map<number, unknown>();
  const wanted = new Set(seeds);
  for (const outcome of await queue.outcomes(configHash)) {
    if ("error" in outcome) await queue.forget(configHash, outcome.seed);
    else if (wanted.has(outcome.seed)) values.set(outcome.seed, outcome.value);
  }
  if (values.size > 0) io.say(`${values.size} of ${seeds.length} were done before, of the same configuration (${configHash.slice(0, 12)})`);
  using _ = queue.hear(configHash, io.say);
  await queue.withdraw(configHash);
  await queue.offer(
    jobsOf(
      seeds.filter((seed) => !values.has(seed)),
      { kind, configHash },
      seedsAJob,
    ),
  );
  try {
    await collect(queue, { configHash, wanted, values }, io);
  } finally {
    if (!queue.isClosed) await queue.withdraw(configHash);
  }
  return seeds.map((seed) => values.get(seed));
}

interface Collected {
  readonly configHash: string;
  readonly wanted: ReadonlySet<number>;
  readonly values: Map<number, unknown>;
}

async function collect(
  queue: CampaignQueue,
  { configHash, wanted, values }: Collected,
  { clock, onOutcome, signal }: CampaignIo,
): Promise<void> {
  if (values.size === wanted.size) return;
  const ended = new AbortController();
  let newsNs = clock.nowNs();
  const stopWatching = clock.every(1000, () => {
    const silentS = nsToSeconds(clock.nowNs() - newsNs);
    if (silentS > PATIENCE_S) ended.abort(silence(silentS, values.size, wanted.size));
    if (queue.isClosed)
      ended.abort(
        new AgentError("bridge.lost", "jobs: the server is gone; what was done is kept there: start it, then give the same command again"),
      );
  });
  try {
    for await (const outcome of queue.coming(configHash, AbortSignal.any([signal, ended.signal]))) {
      newsNs = clock.nowNs();
      if (!wanted.has(outcome.seed) || values.has(outcome.seed)) continue;
      if ("error" in outcome) throw errorOf(outcome);
      values.set(outcome.seed, outcome.value);
      await onOutcome(outcome, values.size);
      if (values.size === wanted.size) return;
    }
  } finally {
    stopWatching();
    ended.abort();
  }
  signal.throwIfAborted();
  throw ended.signal.reason;
}

const silence = (silentS: number, done: number, wanted: number): AgentError =>
  new AgentError(
    "bridge.timeout",
    `jobs: ${done} of ${wanted} seeds are done and nothing came for ${silentS.toFixed(0)} s; start workers (foresight worker) and give the same command again`,
  );

function errorOf({ seed, worker, error }: Extract<Outcome, { error: unknown }>): AgentError {
  const code = (ERROR_CODES as readonly string[]).includes(error.code) ? (error.code as ErrorCode) : "bridge.failed";
  return new AgentError(code, `seed ${seed}, on ${worker}: ${error.message}`);
}

function jobsOf(seeds: readonly number[], job: Omit<Job, "seeds">, seedsAJob: number): readonly Job[] {
  const count = Math.ceil(seeds.length / seedsAJob);
  return Array.from({ length: count }, (_, index) => ({ ...job, seeds: seeds.slice(index * seedsAJob, (index + 1) * seedsAJob) }));
}
