/** Makes one connection with the package mqtt: MQTT 5 where the broker has it, else 3.1.1; nothing of an earlier connection is kept or sent again. */
import type { IClientOptions, MqttClient } from "mqtt";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { Connection, Dial, Outgoing } from "./connection.ts";
import { loadMqtt, type Mqtt } from "./load.ts";
import { createPacketMeter } from "./packet-meter.ts";
import type { CommandTopic } from "./topics.ts";

/** A broker and how to show it who we are. */
export interface BrokerAccess {
  /** mqtt, mqtts, ws or wss. */
  readonly url: string;
  readonly protocol: "auto" | "5" | "3.1.1";
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM. */
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** A link that says nothing for one and a half times this long is lost, seconds. */
  readonly keepaliveS: number;
  readonly connectTimeoutMs: number;
}

/** Larger messages are not even delivered by a broker of MQTT 5; those between this and the limit of a topic are refused by name. */
const PACKET_BYTES_MAX = 1024 * 1024;
/** Unacknowledged messages that a broker of MQTT 5 may have under way to us. */
const RECEIVE_MAX = 64;
const GOODBYE_MS = 500;
const [OLD_UNSUPPORTED, NEW_UNSUPPORTED] = [1, 132];

/** Remembers that a broker does not speak MQTT 5. */
export function createDial(access: BrokerAccess, clock: Clock): Dial {
  let version: 4 | 5 = access.protocol === "3.1.1" ? 4 : 5;
  return async (will, signal) => {
    const mqtt = await loadMqtt();
    try {
      return await connect(mqtt, access, version, will, clock, signal);
    } catch (error) {
      if (access.protocol !== "auto" || version === 4 || !speaksOlder(error)) throw error;
      version = 4;
      return connect(mqtt, access, version, will, clock, signal);
    }
  };
}

const speaksOlder = (error: unknown): boolean => {
  const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
  return code === OLD_UNSUPPORTED || code === NEW_UNSUPPORTED;
};

async function connect(
  mqtt: Mqtt,
  access: BrokerAccess,
  version: 4 | 5,
  will: Outgoing,
  clock: Clock,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted();
  const client = mqtt.connect(access.url, optionsOf(access, version, will));
  let trouble: Error | null = null;
  let reason: number | undefined;
  client.on("error", (error) => {
    trouble = error;
  });
  client.on("disconnect", ({ reasonCode }) => {
    reason = reasonCode;
  });
  const isSmall = createPacketMeter(PACKET_BYTES_MAX);
  client.stream.on("data", (chunk: Buffer) => {
    if (isSmall(chunk)) return;
    trouble = new Error(`a message above ${PACKET_BYTES_MAX} bytes came`); // SAFETY: a broker of 3.1.1 sends up to 256 MB, which the client would keep.
    client.end(true);
  });
  const waiting = new Set<(error: Error) => void>();
  const ended = new Promise<string>((resolve) => {
    client.once("close", () => {
      const why = nameOf(mqtt, reason) ?? trouble?.message ?? "the broker ended it";
      for (const giveUp of waiting) giveUp(new Error(why));
      resolve(why);
    });
  });
  /** Resolves when `begin` calls back, rejects when the connection is over first. */
  const answered = (begin: (done: (error: Error | null) => void) => void): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      if (client.disconnecting) return reject(new Error("the connection is closed"));
      waiting.add(reject);
      begin((error) => {
        waiting.delete(reject);
        if (error === null) resolve();
        else reject(error);
      });
    });
  const onAbort = (): void => void client.end(true);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await answered((up) => client.once("connect", () => up(null)));
  } catch (why) {
    client.end(true);
    const cause = trouble ?? why;
    throw new AgentError(
      "bridge.failed",
      `broker ${shown(access.url)}: no connection (${brief(cause)}); see mqtt.broker of the launch file`,
      {
        cause,
      },
    );
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return {
    protocol: version === 5 ? "5" : "3.1.1",
    get backlogBytes() {
      return client.stream.writableLength;
    },
    ended,
    async listen(topics, onMessage) {
      hear(client, topics, onMessage);
      await answered((heard) => client.subscribe(subscriptionsOf(topics), (error, granted) => heard(error ?? notGranted(granted ?? []))));
    },
    publish: (message) => answered((sent) => send(client, version, message, sent)),
    async close() {
      const left = new Promise<void>((resolve) => client.end(false, () => resolve()));
      await Promise.race([left, clock.sleep(GOODBYE_MS)]);
      client.end(true);
    },
  };
}

function optionsOf(access: BrokerAccess, version: 4 | 5, will: Outgoing): IClientOptions {
  const { clientId, username, password, ca, cert, key, keepaliveS, connectTimeoutMs } = access;
  return {
    clientId,
    protocolVersion: version,
    clean: true, // The broker keeps no commands for a robot that is away.
    reconnectPeriod: 0, // keep-link.ts connects anew, with a new client.
    resubscribe: false,
    queueQoSZero: false,
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    rejectUnauthorized: true,
    ...given({ username, password, ca, cert, key }),
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
    ...(version === 5
      ? { properties: { sessionExpiryInterval: 0, receiveMaximum: RECEIVE_MAX, maximumPacketSize: PACKET_BYTES_MAX } }
      : {}),
  };
}

type Given<T> = { [key in keyof T]?: Exclude<T[key], undefined> };
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

type Topics = Parameters<Connection["listen"]>[0];

function hear(client: MqttClient, topics: Topics, onMessage: Parameters<Connection["listen"]>[1]): void {
  const names = new Map(Object.entries(topics).map(([name, topic]) => [topic, name as CommandTopic]));
  client.on("message", (topic, payload, { retain, properties }) => {
    const name = names.get(topic);
    if (name === undefined) return; // The broker sends what was not asked for.
    const { responseTopic, correlationData } = properties ?? {};
    onMessage({ topic: name, payload, retained: retain, ...given({ responseTopic, correlation: correlationData }) });
  });
}

/** `rap`: with MQTT 5 a message that was published to be kept says so at once. */
const subscriptionsOf = (topics: Topics) =>
  Object.fromEntries(Object.values(topics).map((topic) => [topic, { qos: 1 as const, rap: true }]));

const notGranted = (granted: readonly { readonly topic: string; readonly qos: number }[]): Error | null => {
  const denied = granted.find(({ qos }) => qos >= 128);
  return denied ? new Error(`listening to ${denied.topic} is not allowed`) : null;
};

function send(
  client: MqttClient,
  version: 4 | 5,
  { topic, payload, qos, retain, properties }: Outgoing,
  sent: (error: Error | null) => void,
): void {
  const { correlation, expiryS } = properties ?? {};
  const options =
    version === 4
      ? { qos, retain }
      : {
          qos,
          retain,
          properties: {
            contentType: "application/json",
            payloadFormatIndicator: true,
            ...given({ messageExpiryInterval: expiryS, correlationData: correlation === undefined ? undefined : Buffer.from(correlation) }),
          },
        };
  client.publish(topic, payload, options, (error) => sent(error ?? null));
}

/** OpenSSL's errors have their words in `reason`, refused connections theirs in `code`. */
function brief(error: unknown): string {
  const { reason, message, code } = error as { readonly reason?: string; readonly message?: string; readonly code?: string };
  return reason || message?.split("\n")[0] || code || String(error);
}

const nameOf = (mqtt: Mqtt, reason: number | undefined): string | null =>
  reason === undefined ? null : (mqtt.ReasonCodes[reason as keyof typeof mqtt.ReasonCodes] ?? `reason ${reason}`);

/** Without what a URL may hold of a secret. */
function shown(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
