/** What the tests of the MQTT bridge share: a broker that is not there, a desk that writes down, and commands as a fleet sends them. */

import { type BridgeOptions, createBridge, type MqttBridge } from "../../runtime/bridge/mqtt/bridge.ts";
import type { Connection, Dial, Outgoing, Replying } from "../../runtime/bridge/mqtt/connection.ts";
import type { Incoming } from "../../runtime/bridge/mqtt/gate.ts";
import type { RobotFacts } from "../../runtime/bridge/mqtt/reporter.ts";
import { ManualClock, ManualWallClock, utcText } from "../../runtime/core/clock.ts";
import type { Desk } from "../../runtime/core/desk.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";

export const TOKEN = "a-token-of-the-fleet";
export const PLACE = { site: "lab", robot: "left" };
export const START_MS = Date.UTC(2026, 10, 29, 12);

export const facts: RobotFacts = {
  softwareVersion: "0.1.0",
  robotModel: "panda",
  limitsSource: "a data sheet",
  joints: [{ name: "joint1", positionMinRad: -2.9, positionMaxRad: 2.9, velocityMaxRadPerS: 2.2, accelerationMaxRadPerS2: 15 }],
  cameras: [{ name: "top", widthPx: 64, heightPx: 64 }],
  workspace: { minM: [0.2, -0.3, 0], maxM: [0.7, 0.3, 0.5] },
  worldModel: { name: "panda-push", hash: "0".repeat(64) },
  decisionPeriodS: 0.2,
  skills: [{ name: "reach", description: "Brings the tool to a position.", goals: ["tool"] }],
  urgent: [{ name: "park", urgency: 3 }],
};

export const idleState: SupervisorState = { agent: "idle", task: "none", skills: [], reason: "The agent is ready.", mayAct: false };
export const runningState: SupervisorState = {
  ...idleState,
  agent: "running",
  task: "running",
  reason: "The task is running.",
  mayAct: true,
};

/** A reading of joints at rest, shape (jointCount), rad. */
export const joints = (positionRad: number[]) => ({
  kind: "joints" as const,
  joints: {
    positionRad: Float64Array.from(positionRad),
    velocityRadPerS: new Float64Array(positionRad.length),
    stampNs: 7n,
    receivedNs: 8n,
  },
});

/** What a fleet puts around a command; the sequence counts on. */
export function createCommander(nowMs: () => number, name = "fleet") {
  let sequence = 0;
  const envelope = (changes: object): object => {
    sequence++;
    const issuedMs = nowMs();
    return {
      id: `${name}-${sequence}`,
      sequence,
      issuedAt: utcText(issuedMs),
      expiresAt: utcText(issuedMs + 5000),
      commander: name,
      token: TOKEN,
      ...changes,
    };
  };
  return {
    order: (changes: object = {}) => envelope({ task: { skill: "reach", goal: { kind: "here" } }, ...changes }),
    action: (type: string, changes: object = {}) => envelope({ action: { type }, ...changes }),
  };
}

export const bytesOf = (message: unknown): Uint8Array => Buffer.from(typeof message === "string" ? message : JSON.stringify(message));

/** A desk that does everything and writes it down. */
export function fakeDesk(refuses: (what: string) => string | null = () => null) {
  const done: string[] = [];
  const write = (who: string, what: string): string | null => {
    const why = refuses(what);
    if (why === null) done.push(`${who}: ${what}`);
    return why;
  };
  const desk: Desk = {
    whoCommands: null,
    recording: null,
    command: write,
    refusal: (_, command) => refuses(command),
    assign: (who, task) => write(who, `assign ${JSON.stringify(task)}`),
    urgent: (who, name) => write(who, `urgent ${name}`),
    giveGoal: (who, frames) => write(who, `goal of ${frames.length} pictures`),
    limitSpeed: (who, share) => void write(who, `speed ${share}`),
    limitTool: (who, limits) => void write(who, `tool ${JSON.stringify(limits)}`),
    limitAges: () => {},
    record: async (who, wish) => write(who, `record ${wish}`),
    veto: () => ({ [Symbol.dispose]: () => {} }),
    leave: (who) => void write(who, "leave"),
  };
  return { desk, done };
}

type Listener = Parameters<Connection["listen"]>[1];

/** A broker in the test's own hands: `isThere` says whether it takes connections. */
export function fakeBroker() {
  const sent: Outgoing[] = [];
  const dialled: Outgoing[] = [];
  let hear: Listener | null = null;
  let end: (why: string) => void = () => {};
  const broker = {
    isThere: true,
    backlogBytes: 0,
    sent,
    /** The will of each connection that was asked for. */
    dialled,
    /** A message that comes in. */
    say: (topic: Incoming["topic"], message: unknown, how: Partial<Incoming & Replying> = {}): void =>
      hear?.({ topic, payload: bytesOf(message), retained: false, ...how }),
    lose: (why = "gone"): void => end(why),
    /** The bodies that were sent to a topic, oldest first; of every kind: what they are like is what a test asks. */
    heard: (name: string): ReturnType<typeof JSON.parse>[] =>
      sent.filter(({ topic }) => topic.endsWith(`/${name}`)).map(({ payload }) => JSON.parse(payload)),
  };
  const dial: Dial = async (will) => {
    dialled.push(will);
    if (!broker.isThere) throw new AgentError("bridge.failed", "no broker is there");
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    return {
      protocol: "5",
      get backlogBytes() {
        return broker.backlogBytes;
      },
      ended,
      listen: async (_, onMessage) => {
        hear = onMessage;
      },
      publish: async (outgoing) => void sent.push(outgoing),
      close: async () => end("closed"),
    };
  };
  return { ...broker, broker, dial };
}

/** Lets everything that waits for no clock go on. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** A bridge over the two fakes, connected. */
export async function openFakeBridge(options: Partial<BridgeOptions> & { readonly refuses?: (what: string) => string | null } = {}) {
  const clock = new ManualClock();
  const wallClock = new ManualWallClock(clock, START_MS);
  const { broker, dial } = fakeBroker();
  const { desk, done } = fakeDesk(options.refuses);
  const said: string[] = [];
  const bridge: MqttBridge = createBridge({
    place: PLACE,
    commanders: { fleet: { token: TOKEN }, vouched: { token: null } },
    linkLoss: "finish",
    telemetryMs: 200,
    thumbnailMs: null,
    facts,
    dial,
    desk,
    clock,
    wallClock,
    rng: createRng(1),
    sessionId: "session-1",
    say: (text) => void said.push(text),
    ...options,
  });
  await settle();
  const commander = createCommander(() => wallClock.nowUtcMs());
  return { bridge, broker, desk, done, said, clock, wallClock, commander };
}
