/** The keeper while it streams: a beat every period, until the agent is gone and the arm is at rest. */
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";
import { createAwakeTime } from "./awake-time.ts";
import type { Channel } from "./channel.ts";
import { createCommandLoop, STREAM_RATE_HZ } from "./command-loop.ts";
import type { Driver, LastGuard } from "./driver.ts";
import type { Jitter } from "./jitter.ts";
import { createKeeperRequests } from "./keeper-requests.ts";
import { describeError, type KeeperStats, type ToAgent } from "./messages.ts";
import { createPresence, GONE_MS_MAX } from "./presence.ts";
import type { SettledReading } from "./settled-reading.ts";
import { createStream } from "./stream.ts";
import { furthest } from "./tracking-watch.ts";

export interface KeeperOptions {
  readonly spec: RobotSpec;
  /** The keeper disposes it. */
  readonly driver: Driver;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly lastGuard: LastGuard;
  /** An agent that has moved the arm is lost when it is silent for longer; default 2000. */
  readonly heartbeatTimeoutMs?: number;
  /** Aborts when the keeper itself is told to go. */
  readonly signal?: AbortSignal;
  /** Whether the agent's process is about to be gone, asked every 20 ms: its channel closes later. */
  readonly isAgentDying?: () => boolean;
  /** Called once, when it begins to bring the arm to rest for good. */
  readonly onEnd?: () => void;
}

/** Every joint reading until the returned subscription ends; an error means that the arm is lost. */
export type WatchJoints = (onJoints: (joints: JointState) => void, onError: (error: unknown) => void) => { unsubscribe(): void };

export interface KeeperLife {
  readonly options: KeeperOptions;
  /** Where the arm rests, shape (jointCount). */
  readonly initialRad: Float64Array;
  /** Takes every joint reading. */
  readonly reading: SettledReading;
  readonly jitter: Jitter;
  readonly post: (message: ToAgent) => void;
  readonly stats: () => KeeperStats;
  readonly watch: WatchJoints;
  readonly onMalformed: () => void;
}

const HEARTBEAT_TIMEOUT_MS = 2000;
/** SAFETY: an arm that nobody has moved yet rests, and its agent's thread is busy with loading what it needs; one whose process dies is known by its channel all the same. */
const LOADING_MS_MAX = 60_000;
/** At 250 Hz, 20 ms. */
const BEATS_A_LOOK = 5;
/** An arm that comes back no further from where it was held goes on from there. */
const BACK_RAD_MAX = 0.02;

/** Resolves with why it ended, the arm at rest; rejects when the driver fails. */
export function streamUntilEnd(life: KeeperLife): Promise<string> {
  const { initialRad, reading, jitter, post, watch } = life;
  const { spec, driver, channel, clock, signal, heartbeatTimeoutMs = HEARTBEAT_TIMEOUT_MS, isAgentDying, onEnd } = life.options;
  const startNs = clock.nowNs();
  const { stream, loop } = createStreaming(life, startNs);
  let endReason: string | null = null;
  const awake = createAwakeTime(startNs);
  const presence = createPresence(reading);
  let heardMs = 0;
  let silentMsMax = Math.max(LOADING_MS_MAX, heartbeatTimeoutMs);
  const end = (reason: string): void => {
    if (endReason !== null) return;
    endReason = reason;
    onEnd?.();
    post({ kind: "override", segment: loop.stop(clock.nowNs(), reason), reason });
  };
  /** It goes although its agent did not say goodbye: an agent that hears still is told why at once, not when the arm rests. */
  const leave = (reason: string): void => {
    end(reason);
    post({ kind: "failed", code: "robot.lost", message: `robot "${spec.name}": keeper lost, ${reason}; start the agent again` });
  };
  const onHeard = (): void => {
    heardMs = awake.awakeMs;
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
  const onBack = (restRad: Float64Array, nowNs: bigint): void => {
    const types = spec.joints.map(({ type }) => type);
    const { joint, offRad } = furthest(loop.sent.positionRad, restRad, types);
    if (offRad <= BACK_RAD_MAX) return;
    const moved = `joint "${spec.joints[joint]!.name}": stands ${offRad.toFixed(3)} rad from where it was held when its readings failed`;
    const why = new AgentError("robot.aborted", `${moved}, at most ${BACK_RAD_MAX} rad; look what moved the arm, then reset and start`);
    post({ kind: "override", segment: loop.placedAt(restRad, nowNs, why.message), reason: why.message });
    onFault(why);
  };
  /** SAFETY: an arm whose readings fail may come back elsewhere: a command held meanwhile would make it leap. */
  const mayBeSent = (nowNs: bigint, awakeMs: number): boolean => {
    const sight = presence.look(nowNs, awakeMs, loop.restInS(nowNs) === 0);
    if (sight.kind === "back") onBack(sight.restRad, nowNs);
    if (sight.kind === "gone" && sight.isNew) {
      const message = `no sound joint reading for ${GONE_MS_MAX} ms, nothing is sent to the arm until they agree again; ${sight.why.message}`;
      post({ kind: "fault", code: "sense.stale", message });
    }
    return sight.kind !== "gone";
  };
  const requests = createKeeperRequests({
    ...life,
    stream,
    loop,
    driver,
    clock,
    gone: () => presence.goneWhy,
    onHeard,
    onAccepted: () => {
      silentMsMax = heartbeatTimeoutMs;
    },
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
    let beats = 0;
    const beat = (): void => {
      const nowNs = clock.nowNs();
      const awakeMs = awake.beat(nowNs);
      if (awakeMs - heardMs > silentMsMax && endReason === null) leave(`agent silent for more than ${silentMsMax} ms`);
      if (endReason === null && beats++ % BEATS_A_LOOK === 0 && isAgentDying?.()) end("agent's process is ending");
      if (requests.placing) presence.excuse(awakeMs);
      else if (mayBeSent(nowNs, awakeMs)) {
        jitter.record(nowNs);
        const command = loop.beat(nowNs);
        follow(stream.segmentAt(nowNs), nowNs);
        driver.command(command, nowNs);
      }
      if (!requests.placing) driver.tick?.(nowNs);
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
    signal?.addEventListener("abort", () => leave("it was told to end"), { once: true });
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
