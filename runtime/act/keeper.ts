/** The keeper: streams commands to the arm beside the agent, and brings the arm to rest when the agent stalls or dies. */
import { share } from "rxjs";
import { AgentError } from "../core/errors.ts";
import { STREAM_RATE_HZ } from "./command-loop.ts";
import { createJitter } from "./jitter.ts";
import { type KeeperOptions, streamUntilEnd, type WatchJoints } from "./keeper-life.ts";
import { describeError, type KeeperStats, type ToAgent } from "./messages.ts";
import { createOutbox } from "./outbox.ts";
import { createSettledReading, type SettledReading } from "./settled-reading.ts";

export interface KeeperEnd {
  readonly reason: string;
  readonly stats: KeeperStats;
}

/** For the arm's readings to agree where it stands. */
const SETTLE_TIMEOUT_MS = 10_000;
const DISPOSE_TIMEOUT_MS = 2000;

/** Runs until the agent says goodbye or is lost, or the driver fails; then the arm is at rest, the driver disposed, the channel closed. */
export async function runKeeper(options: KeeperOptions): Promise<KeeperEnd> {
  const { driver, channel } = options;
  const sensing = new AbortController();
  let said: Promise<void> = Promise.resolve();
  const post = (message: ToAgent): void => {
    said = channel.send(message).catch(() => {}); // A closed channel ends the keeper by its own event.
  };
  const outbox = createOutbox((samples) => channel.send({ kind: "samples", samples }));
  const samples = driver.samples(sensing.signal).pipe(share());
  const watch: WatchJoints = (onJoints, onError) =>
    samples.subscribe({ next: (sample) => sample.kind === "joints" && onJoints(sample.joints), error: onError });
  const jitter = createJitter(STREAM_RATE_HZ);
  let malformedCount = 0;
  const stats = (): KeeperStats => ({ ...jitter.stats(), droppedSampleCount: outbox.droppedCount, malformedCount });
  const onMalformed = (): void => {
    malformedCount++;
  };
  const reading = createSettledReading(options.spec.joints);
  watch(reading.take, () => {}); // As long as the samples; whoever else watches the joints has the error.
  const standing = settled(options, watch, reading);
  const sending = samples.subscribe({ next: outbox.offer, error: () => {} });
  let reason: string;
  try {
    reason = await streamUntilEnd({ options, initialRad: await standing, reading, jitter, post, stats, watch, onMalformed });
  } catch (error) {
    const failure = describeError(error);
    post({ kind: "failed", ...failure });
    reason = failure.message;
  }
  sensing.abort();
  sending.unsubscribe();
  await disposeWithin(options, reason, said);
  channel.close();
  return { reason, stats: stats() };
}

/** Where the arm stands before anything was commanded, shape (jointCount). SAFETY: nothing is sent before its readings agree; where they never do, they are named. */
function settled({ clock, channel, signal }: KeeperOptions, watch: WatchJoints, reading: SettledReading): Promise<Float64Array> {
  const waiting = new AbortController();
  const standing = new Promise<Float64Array>((resolve, reject) => {
    const refuse = (): void => {
      const { code, message } = reading.objection(clock.nowNs());
      reject(new AgentError(code, `keeper: the arm's readings did not settle, nothing was sent to it; ${message}`));
    };
    const lost = (why: string) => (): void =>
      reject(
        new AgentError("robot.lost", `keeper: ${why} before the arm's readings settled; look at the arm and its sensors, then start again`),
      );
    const look = (): void => {
      const restRad = reading.standsAt(clock.nowNs());
      if (restRad) resolve(restRad);
      else if (reading.objection(clock.nowNs()).code === "sense.wrong-size") refuse(); // Waiting cannot mend that.
    };
    const looking = watch(look, reject);
    waiting.signal.addEventListener("abort", () => looking.unsubscribe(), { once: true });
    channel.onClose(lost("agent disconnected"));
    signal?.addEventListener("abort", lost("told to end"), { once: true });
    clock.sleep(SETTLE_TIMEOUT_MS, waiting.signal).then(refuse, () => {});
  });
  return standing.finally(() => waiting.abort());
}

/** And lets its last words leave: a channel that is closed before loses them, and nobody knows why the arm was left. */
async function disposeWithin({ driver, clock }: KeeperOptions, reason: string, said: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  const bound = clock.sleep(DISPOSE_TIMEOUT_MS + (driver.leaveMsMax ?? 0), waiting.signal).catch(() => {});
  try {
    driver.stop?.(reason);
    await Promise.race([Promise.all([driver[Symbol.asyncDispose](), said]), bound]);
  } finally {
    waiting.abort();
  }
}
