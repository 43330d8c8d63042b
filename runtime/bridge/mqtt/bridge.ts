/** The agent on MQTT: a tap that tells, and one more commander at the desk; nothing of it can hold up a decision. */
import type { Clock, WallClock } from "../../core/clock.ts";
import type { Desk } from "../../core/desk.ts";
import type { Rng } from "../../core/rng.ts";
import type { Tap } from "../../core/tap.ts";
import type { Commanders } from "./authority.ts";
import type { Dial, Outgoing } from "./connection.ts";
import { createGate } from "./gate.ts";
import { keepLink } from "./keep-link.ts";
import type { MessageBody } from "./messages.ts";
import { createPost } from "./post.ts";
import { createReception } from "./reception.ts";
import { createReporter, type RobotFacts } from "./reporter.ts";
import { createThumbnails } from "./thumbnails.ts";
import { type Place, TOPICS, topicOf } from "./topics.ts";
import { createWriter } from "./write-message.ts";

export interface BridgeOptions {
  readonly place: Place;
  readonly commanders: Commanders;
  /** What a lost link means: finish: the task goes on; hold: the arm rests until somebody says resume. */
  readonly linkLoss: "finish" | "hold";
  readonly telemetryMs: number;
  /** Null for none. */
  readonly thumbnailMs: number | null;
  readonly facts: RobotFacts;
  readonly dial: Dial;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** Spreads the waits before connecting anew. */
  readonly rng: Rng;
  /** New at every start. */
  readonly sessionId: string;
  /** Sentences for people. */
  readonly say: (text: string) => void;
}

export interface MqttBridge extends Tap, AsyncDisposable {}

const FAREWELL_MS = 500;
/** The name by which the desk knows the loss of the link. */
const LINK = "mqtt:link";

/** Connects in the background: while there is no broker the agent is as good as without a bridge. */
export function createBridge(options: BridgeOptions): MqttBridge {
  const { place, desk, clock, linkLoss, say } = options;
  const write = createWriter(place, options.sessionId, options.wallClock);
  const post = createPost({ place, write, connection: () => link.connection, say });
  const questions = { state: () => reporter.tellState(), factsheet: () => reporter.tellFactsheet() };
  const reception = createReception({ ...options, gate: createGate(options), post, questions });
  const reporter = createReporter({
    ...options,
    post,
    whoCommands: () => desk.whoCommands,
    recording: () => (desk.recording?.isOn ? desk.recording.file : null),
    order: () => reception.order,
    counts: () => reception.counts,
  });
  const thumbnails = createThumbnails({ ...options, post });
  const said = (state: MessageBody<"connection">["state"]): Outgoing => ({
    topic: topicOf(place, "connection"),
    payload: write("connection", { state }),
    ...TOPICS.connection,
  });
  const commandTopics = { order: topicOf(place, "order"), instantActions: topicOf(place, "instantActions") };
  const link = keepLink({
    ...options,
    connect: (signal) => options.dial(said("CONNECTION_BROKEN"), signal),
    async onUp(connection) {
      await connection.listen(commandTopics, reception.take);
      post.send("connection", { state: "ONLINE" });
      questions.factsheet();
      questions.state();
    },
    onDown() {
      if (linkLoss !== "hold") return;
      const why = desk.command(LINK, "hold");
      desk.leave(LINK); // Whoever is there may go on.
      if (why === null) say("the link is lost, so the arm holds; say resume when it shall go on");
    },
  });
  const close = async (): Promise<void> => {
    reporter[Symbol.dispose]();
    thumbnails[Symbol.dispose]();
    const farewell = link.connection?.publish(said("OFFLINE")).catch(() => {}); // A link that is lost says the will instead.
    await Promise.race([farewell, clock.sleep(FAREWELL_MS)]);
    await link[Symbol.asyncDispose]();
  };
  let closed: Promise<void> | null = null;
  return {
    name: "mqtt",
    state(state) {
      reception.state(state);
      reporter.state(state);
    },
    fault: reporter.fault,
    tick: reporter.tick,
    sample(sample) {
      reporter.sample(sample);
      thumbnails.sample(sample);
    },
    close: () => (closed ??= close()),
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}
