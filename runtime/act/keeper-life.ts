/** The keeper while it streams: a beat every period, until the agent is gone and the arm is at rest. */
import { type Clock, NS_PER_MS } from "../core/clock.ts";
import type { AgentError } from "../core/errors.ts";
import type { Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";
import type { Channel } from "./channel.ts";
import { createCommandLoop, STREAM_RATE_HZ } from "./command-loop.ts";
import type { Driver, LastGuard } from "./driver.ts";
import type { Jitter } from "./jitter.ts";
import { createKeeperRequests } from "./keeper-requests.ts";
import { describeError, type KeeperStats, type ToAgent } from "./messages.ts";
import { createStream } from "./stream.ts";

export interface KeeperOptions {
  readonly spec: RobotSpec;
  /** The keeper disposes it. */
  readonly driver: Driver;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly lastGuard: LastGuard;
  /** An agent silent for longer is lost; default 2000. */
  readonly heartbeatTimeoutMs?: number;
  /** Aborts when the keeper itself is told to go. */
  readonly signal?: AbortSignal;
}

/** Every joint reading until the returned subscription ends; an error means that the arm is lost. */
export type WatchJoints = (onJoints: (joints: JointState) => void, onError: (error: unknown) => void) => { unsubscribe(): void };

export interface KeeperLife {
  readonly options: KeeperOptions;
  /** Where the arm rests, shape (jointCount). */
  readonly initialRad: Float64Array;
  readonly jitter: Jitter;
  readonly post: (message: ToAgent) => void;
  readonly stats: () => KeeperStats;
  readonly watch: WatchJoints;
  readonly onMalformed: () => void;
}

const HEARTBEAT_TIMEOUT_MS = 2000;

/** Resolves with why it ended, the arm at rest; rejects when the driver fails. */
export function streamUntilEnd(life: KeeperLife): Promise<string> {
  const { initialRad, jitter, post, watch } = life;
  const { driver, channel, clock, signal, heartbeatTimeoutMs = HEARTBEAT_TIMEOUT_MS } = life.options;
  const startNs = clock.nowNs();
  const { stream, loop } = createStreaming(life, startNs);
  let endReason: string | null = null;
  let heardNs = startNs;
  const end = (reason: string): void => {
    if (endReason !== null) return;
    endReason = reason;
    post({ kind: "override", segment: loop.stop(clock.nowNs(), reason), reason });
  };
  const onHeard = (): void => {
    heardNs = clock.nowNs();
  };
  let followed = stream.segmentAt(startNs);
  const follow = (segment: Segment, nowNs: bigint): void => {
    if (segment !== followed) driver.follow?.(segment, nowNs);
    followed = segment;
  };
  const onFault = (error: AgentError): void => {
    post({ kind: "override", segment: loop.stop(clock.nowNs(), error.message), reason: error.message });
    post({ kind: "fault", ...describeError(error) });
  };
  const requests = createKeeperRequests({
    ...life,
    stream,
    loop,
    driver,
    clock,
    onHeard,
    onBye: () => end("agent said goodbye"),
    ending: () => endReason,
  });
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      stopBeating();
      subscription.unsubscribe();
      faults?.unsubscribe();
      channel.onMessage(() => {}); // Too late for requests: the agent's own bounds and the closing channel answer them.
    };
    const fail = (error: unknown): void => {
      finish();
      reject(error);
    };
    const beat = (): void => {
      const nowNs = clock.nowNs();
      if (nowNs - heardNs > BigInt(heartbeatTimeoutMs) * NS_PER_MS) end(`agent silent for more than ${heartbeatTimeoutMs} ms`);
      if (!requests.placing) {
        jitter.record(nowNs);
        const command = loop.beat(nowNs);
        follow(stream.segmentAt(nowNs), nowNs);
        driver.command(command, nowNs);
      }
      if (endReason === null || loop.restInS(nowNs) > 0) return;
      finish();
      resolve(endReason);
    };
    const subscription = watch(() => {}, fail);
    const faults = driver.faults?.subscribe(onFault);
    const stopBeating = clock.every(1e3 / STREAM_RATE_HZ, () => {
      try {
        beat();
      } catch (error) {
        fail(error);
      }
    });
    channel.onClose(() => end("agent disconnected"));
    signal?.addEventListener("abort", () => end("keeper told to end"), { once: true });
    post({ kind: "ready", initialRad, stampNs: startNs });
    channel.onMessage(requests.receive);
  });
}

function createStreaming({ options: { spec, lastGuard, driver }, initialRad, post }: KeeperLife, startNs: bigint) {
  const stream = createStream({ spec, initialRad, startNs, onEvent: (event) => post({ kind: "event", event }) });
  const onOverride = (segment: Segment, reason: string): void => post({ kind: "override", segment, reason });
  const onFault = (why: AgentError): void => post({ kind: "fault", ...describeError(why) });
  return { stream, loop: createCommandLoop({ spec, stream, lastGuard, takes: driver.takes, initialRad, startNs, onOverride, onFault }) };
}
