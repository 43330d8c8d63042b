/** The other end of the line: whoever hears all robots of a site and commands them, such as a page that lists them. */
import type { MqttClient } from "mqtt";
import { type Clock, utcText, type WallClock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { OperatorCommand } from "../../core/supervision.ts";
import { loadMqtt } from "./load.ts";
import { type MessageBody, type MessageTopic, messageSchemas } from "./messages.ts";
import { levelSchema, TOPICS, topicOf } from "./topics.ts";

/** What a robot said; `isKept`: the broker had kept it from before. */
export type Told = {
  readonly [Topic in MessageTopic]: {
    readonly topic: Topic;
    readonly robot: string;
    readonly isKept: boolean;
    readonly body: MessageBody<Topic>;
  };
}[MessageTopic];

export interface CommanderOptions {
  readonly url: string;
  readonly site: string;
  /** As the robots' launch files name it; also the user at the broker, the token being the password. */
  readonly name: string;
  readonly token: string;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** New at every start, so that no id is used twice. */
  readonly sessionId: string;
  readonly onTold: (told: Told) => void;
}

export interface Commander extends AsyncDisposable {
  /** Null when the robot has accepted it, else why not. */
  command(robot: string, command: OperatorCommand): Promise<string | null>;
}

/** A robot that has not answered by then has not carried it out as far as we know, milliseconds. */
const ANSWER_MS_MAX = 1500;
const LIFETIME_MS = 5000;
const CONNECT_MS_MAX = 5000;
const BYTES_MAX = 256 * 1024;
/** What is heard of every robot; its factsheet is its own affair. */
const HEARD = ["connection", "state", "telemetry", "thumbnail", "responses"] as const satisfies readonly MessageTopic[];

/** Throws AgentError `bridge.failed` when the broker cannot be reached. A link that is lost is made anew by itself. */
export async function openCommander(options: CommanderOptions): Promise<Commander> {
  const { url, site, name, token, clock, wallClock, sessionId, onTold } = options;
  const mqtt = await loadMqtt();
  const client = await connect(mqtt, options);
  const answers = new Map<string, (refused: string | null) => void>();
  client.on("error", () => {}); // It is made anew.
  client.on("message", (topic, payload, { retain }) => {
    const told = payload.length > BYTES_MAX ? null : toldOf(site, topic, payload, retain);
    if (told?.topic === "responses") return answers.get(told.body.id ?? "")?.(told.body.outcome === "rejected" ? told.body.why : null);
    if (told) onTold(told);
  });
  await client.subscribeAsync(
    HEARD.map((topic) => topicOf({ site, robot: "+" }, topic)),
    { qos: 1 },
  );

  let sequence = 0;
  let count = 0;
  return {
    async command(robot, type) {
      if (!client.connected) return `the broker at ${url} is away`;
      const nowMs = wallClock.nowUtcMs();
      sequence = Math.max(sequence + 1, nowMs);
      const id = `${name}-${sessionId.slice(0, 8)}-${++count}`;
      const issued = { id, sequence, issuedAt: utcText(nowMs), expiresAt: utcText(nowMs + LIFETIME_MS), commander: name, token };
      const over = new AbortController();
      const answer = new Promise<string | null>((resolve) => answers.set(id, resolve));
      const late = clock.sleep(ANSWER_MS_MAX, over.signal).then(
        () => `${robot} has not answered within ${ANSWER_MS_MAX / 1000} s`,
        () => null,
      );
      const { qos } = TOPICS.instantActions;
      client.publish(topicOf({ site, robot }, "instantActions"), JSON.stringify({ ...issued, action: { type } }), { qos });
      const refused = await Promise.race([answer, late]);
      answers.delete(id);
      over.abort();
      return refused;
    },
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}

async function connect(mqtt: Awaited<ReturnType<typeof loadMqtt>>, { url, name, token }: CommanderOptions): Promise<MqttClient> {
  try {
    return await mqtt.connectAsync(url, {
      username: name,
      password: token,
      clean: true,
      reconnectPeriod: 1000,
      connectTimeout: CONNECT_MS_MAX,
    });
  } catch (cause) {
    throw new AgentError(
      "bridge.failed",
      `broker ${url}: no connection (${(cause as Error).message}); look whether it runs there, and at user and password`,
      { cause },
    );
  }
}

/** Null for what is no message of this protocol. */
function toldOf(site: string, topic: string, payload: Uint8Array, isKept: boolean): Told | null {
  const robot = topic.split("/")[3];
  if (!levelSchema.safeParse(robot).success || robot === undefined) return null;
  const name = HEARD.find((each) => topic === topicOf({ site, robot }, each));
  if (name === undefined) return null;
  try {
    const read = messageSchemas[name].safeParse(parseJson(Buffer.from(payload).toString("utf8")));
    return read.success ? ({ topic: name, robot, isKept, body: read.data } as Told) : null;
  } catch {
    return null;
  }
}
