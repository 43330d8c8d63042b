/** The agent's side of a keeper: a Robot over a message channel. It mirrors what the keeper commands from what the keeper accepted. */
import { Subject } from "rxjs";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Segment, SegmentEvent } from "../core/motion.ts";
import { objections } from "../core/objections.ts";
import type { Robot, RobotSpec } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";
import type { Channel } from "./channel.ts";
import { acceptedSegment, type KeeperStats, keeperStats, type ToAgent, toAgent } from "./messages.ts";
import { createRequests, type Requests } from "./requests.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { untilAborted } from "./until-aborted.ts";

export interface KeeperRobotOptions {
  readonly spec: RobotSpec;
  readonly channel: Channel;
  readonly clock: Clock;
  /** Default 2000. */
  readonly requestTimeoutMs?: number;
  /** Until the keeper has its driver and the arm's first joint reading; default 60 000: a busy machine takes that long to load it. */
  readonly readyTimeoutMs?: number;
  /** From goodbye to a closed channel; then it is closed from this side. Default 4000. */
  readonly leaveTimeoutMs?: number;
  /** Why the channel closed, if known. */
  readonly describeLoss?: () => string;
}

export interface KeeperRobot extends Robot {
  /** A request to the driver (ground truth, goal pictures, reset); throws AgentError. */
  ask(name: string, payload?: unknown, timeoutMs?: number): Promise<unknown>;
  /** How evenly the keeper streams, and what it dropped. */
  stats(): Promise<KeeperStats>;
}

const REQUEST_TIMEOUT_MS = 2000;
const READY_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 10_000;
const LEAVE_TIMEOUT_MS = 4000;
const HEARTBEAT_MS = 200;

/** Resolves when the keeper streams; disposing says goodbye and waits for the channel to close. */
export async function connectKeeper(options: KeeperRobotOptions): Promise<KeeperRobot> {
  const link = createLink(options);
  const timeline = await link.ready();
  const { requests, samples, events, faults, overrides } = link;
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  return {
    spec: options.spec,
    events: events.asObservable(),
    faults: faults.asObservable(),
    overrides: overrides.asObservable(),
    observe: (signal) => untilAborted(samples, signal),
    act: (segment) => requests.send({ kind: "act", segment }, requestTimeoutMs, (value) => accept(timeline, value)),
    commandedAt: timeline.commandedAt,
    stop: (reason) => requests.send({ kind: "stop", reason }, requestTimeoutMs, () => {}),
    resume: () => requests.send({ kind: "resume" }, requestTimeoutMs, () => {}),
    stats: () => requests.send({ kind: "stats" }, requestTimeoutMs, (value) => keeperStats.parse(value)),
    ask: (name, payload = null, timeoutMs = ASK_TIMEOUT_MS) => requests.send({ kind: "ask", name, payload }, timeoutMs, (value) => value),
    [Symbol.asyncDispose]: link.leave,
  };
}

function accept(timeline: Timeline, value: unknown): Segment {
  const segment = acceptedSegment.parse(value);
  timeline.insert(segment);
  return segment;
}

interface Link {
  readonly requests: Requests;
  readonly samples: Subject<Sample>;
  readonly events: Subject<SegmentEvent>;
  readonly faults: Subject<AgentError>;
  readonly overrides: Subject<Segment>;
  ready(): Promise<Timeline>;
  leave(): Promise<void>;
}

/** Messages in and out, heartbeats, and the one place where the keeper is declared lost. */
function createLink(options: KeeperRobotOptions): Link {
  const { spec, channel, clock, describeLoss = () => "its channel closed" } = options;
  const { readyTimeoutMs = READY_TIMEOUT_MS, leaveTimeoutMs = LEAVE_TIMEOUT_MS } = options;
  const samples = new Subject<Sample>();
  const events = new Subject<SegmentEvent>();
  const faults = new Subject<AgentError>();
  const overrides = new Subject<Segment>();
  const readiness = createReadiness(spec, clock, readyTimeoutMs);
  let timeline: Timeline | null = null;
  let left: Promise<void> | null = null;

  const lose = (error: AgentError): void => {
    stopHeartbeat();
    requests.failAll(error);
    readiness.fail(error);
    // A robot that was disposed of ends its streams; one that was lost says so.
    if (left) samples.complete();
    else samples.error(error);
    events.complete();
    faults.complete();
    overrides.complete();
    channel.close();
  };
  const lostBecause = (why: string): AgentError =>
    new AgentError("robot.lost", `robot "${spec.name}": keeper lost, ${why}; start the agent again`);
  const onTimeout = (message: object, error: AgentError): void => {
    if ("kind" in message && message.kind !== "ask") lose(error); // A slow answer is not a lost arm.
  };
  const requests = createRequests(clock, (message) => channel.send(message), onTimeout);
  const beat = (): void => void channel.send({ kind: "heartbeat" }).catch(() => {}); // A closed channel has its own event.
  const stopHeartbeat = clock.every(HEARTBEAT_MS, beat);

  const receive = (message: ToAgent): void => {
    if (message.kind === "ready") {
      timeline = createTimeline(message.initialRad, message.stampNs);
      readiness.resolve(timeline);
    } else if (message.kind === "samples") for (const sample of message.samples) samples.next(sample);
    else if (message.kind === "event") events.next(message.event);
    else if (message.kind === "override") {
      timeline?.insert(message.segment);
      overrides.next(message.segment);
    } else if (message.kind === "fault") faults.next(new AgentError(message.code, message.message));
    else if (message.kind === "reply") requests.settle(message.request, message.value);
    else if (message.kind === "refusal") requests.refuse(message.request, new AgentError(message.code, message.message));
    else lose(new AgentError(message.code, message.message));
  };
  channel.onMessage((message) => {
    const checked = toAgent.safeParse(message);
    if (checked.success) receive(checked.data);
    else lose(lostBecause(`it sent a malformed message (${objections(checked.error)})`));
  });
  const closed = new Promise<void>((resolve) => channel.onClose(resolve));
  closed.then(() => lose(lostBecause(left ? "the robot was disposed of" : describeLoss())));
  const leave = async (): Promise<void> => {
    const waiting = new AbortController();
    clock.sleep(leaveTimeoutMs, waiting.signal).then(channel.close, () => {});
    await channel.send({ kind: "bye" }).catch(() => {}); // Closed already: nothing to leave.
    await closed;
    waiting.abort();
  };
  return {
    requests,
    samples,
    events,
    faults,
    overrides,
    ready: () => readiness.promise,
    leave() {
      left ??= leave();
      return left;
    },
  };
}

/** The keeper's first word, waited for a bounded time. */
function createReadiness(spec: RobotSpec, clock: Clock, timeoutMs: number) {
  const waiting = new AbortController();
  let resolve: (timeline: Timeline) => void = () => {};
  let fail: (error: AgentError) => void = () => {};
  const promise = new Promise<Timeline>((onReady, onFail) => {
    resolve = (timeline) => {
      waiting.abort();
      onReady(timeline);
    };
    fail = (error) => {
      waiting.abort();
      onFail(error);
    };
  });
  promise.catch(() => {}); // Failing after it was ready has no one to tell; `ready()` hands on the failure before that.
  const late = (): void =>
    fail(new AgentError("robot.lost", `robot "${spec.name}": keeper not ready within ${timeoutMs} ms; see its output`));
  clock.sleep(timeoutMs, waiting.signal).then(late, () => {});
  return { promise, resolve, fail };
}
