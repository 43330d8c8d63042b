/** The two sides of a real broker: a robot with a real bridge and a desk that writes down, and a fleet with a client of its own. */
import type { IClientOptions, MqttClient } from "mqtt";
import mqtt from "mqtt";
import { type MqttConfig, openMqttBridge } from "../../runtime/bridge/mqtt/open-mqtt-bridge.ts";
import { topicOf } from "../../runtime/bridge/mqtt/topics.ts";
import { SystemClock, SystemWallClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { createCommander, facts, fakeDesk, PLACE, TOKEN } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";

export const common = {
  ...PLACE,
  linkLoss: "finish",
  telemetryMs: 100,
  thumbnailMs: null,
  commanders: { fleet: { token: TOKEN } },
} as const satisfies Partial<MqttConfig>;

export const external = {
  kind: "external",
  protocol: "auto",
  clientId: null,
  username: undefined,
  password: undefined,
  caFile: null,
  certFile: null,
  keyFile: null,
  keepaliveS: 30, // A machine that is busy elsewhere for seconds is no dead line.
  connectTimeoutMs: 3000,
} as const;

/** A robot that is connected when this resolves, unless `isLate`. */
export async function openRobot(config: MqttConfig, isLate = false) {
  const { desk, done } = fakeDesk();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const bridge = await openMqttBridge({
    config,
    desk,
    facts,
    clock: new SystemClock(),
    wallClock: new SystemWallClock(),
    rng: createRng(1),
    say,
  });
  if (!isLate) await until("the robot is connected", () => said.includes("connected"));
  return { bridge, done, said, [Symbol.asyncDispose]: () => bridge[Symbol.asyncDispose]() };
}

export interface Heard {
  readonly topic: string;
  readonly retain: boolean;
  /** Of every kind: what it is like is what a test asks. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly properties: object | undefined;
}

/** A fleet that hears everything of the site. */
export async function openFleet(url: string, options: IClientOptions = {}, place = PLACE) {
  const client: MqttClient = await mqtt.connectAsync(url, { reconnectPeriod: 200, keepalive: 5, ...options });
  const heard: Heard[] = [];
  client.on("error", () => {});
  client.on("message", (topic, payload, { retain, properties }) => {
    heard.push({ topic, retain, body: JSON.parse(`${payload}`), properties });
  });
  await client.subscribeAsync(`foresight/v1/${place.site}/#`, { qos: 1 });
  const of = (name: string): readonly Heard[] => heard.filter(({ topic }) => topic === topicOf(place, name as "state"));
  return {
    client,
    heard,
    of,
    commander: createCommander(() => Date.now()),
    publish: (name: "order" | "instantActions", message: unknown, how: Parameters<MqttClient["publishAsync"]>[2] = {}) =>
      client.publishAsync(topicOf(place, name), typeof message === "string" ? message : JSON.stringify(message), { qos: 1, ...how }),
    /** The answer to a command. */
    async answer(id: string, withinMs?: number): Promise<Heard> {
      const isIt = ({ topic, body }: Heard): boolean => topic.includes("/responses") && body.id === id;
      await until(`an answer to ${id}`, () => heard.some(isIt), withinMs);
      return heard.find(isIt)!;
    },
    [Symbol.asyncDispose]: async () => void client.end(true),
  };
}
export type Fleet = Awaited<ReturnType<typeof openFleet>>;
