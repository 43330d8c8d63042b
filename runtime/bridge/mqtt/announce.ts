/** Tells a site that a version of a model is released: the broker keeps it for whoever comes later. It tells; no robot takes a model because of a message. */
import type { MqttClient } from "mqtt";
import { AgentError } from "../../core/errors.ts";
import type { BrokerAccess } from "./dial.ts";
import { loadMqtt } from "./load.ts";
import { levelSchema } from "./topics.ts";

export interface ReleaseNews {
  /** What it is called in the store, and which version of that. */
  readonly name: string;
  readonly version: number;
  /** Where it can be pulled from, without keys. */
  readonly store: string;
  /** What a launch file demands as model.requires.hash. */
  readonly modelHash: string;
  readonly robot: string;
  /** How often it succeeded, as its card says. */
  readonly success: object;
  readonly releasedAt: string;
}

const CONNECT_MS_MAX = 5000;

/** Apart from the robots' own topics, so that no robot can be called like it. */
export const releaseTopic = (site: string, name: string): string => `foresight-models/v1/${site}/${name}`;

/** Resolves when the broker has it. Throws AgentError `launch.invalid` for names that are no level of a topic, `bridge.failed` when the broker does not take it. */
export async function announceRelease(
  access: Pick<BrokerAccess, "url" | "username" | "password" | "ca" | "cert" | "key">,
  site: string,
  news: ReleaseNews,
): Promise<void> {
  const wrong = [site, news.name].find((level) => !levelSchema.safeParse(level).success);
  if (wrong !== undefined)
    throw new AgentError(
      "launch.invalid",
      `"${wrong}" is no part of a topic: 1 to 64 letters, digits, dots, dashes and underscores; give another --site or --name`,
    );
  const mqtt = await loadMqtt();
  const { url, ...identity } = access;
  const given = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
  let client: MqttClient | null = null;
  try {
    client = await mqtt.connectAsync(url, { ...given, reconnectPeriod: 0, connectTimeout: CONNECT_MS_MAX }, false);
    await client.publishAsync(releaseTopic(site, news.name), JSON.stringify(news), { qos: 1, retain: true });
  } catch (cause) {
    const { protocol, host } = new URL(url);
    throw new AgentError(
      "bridge.failed",
      `broker ${protocol}//${host}: was not told (${(cause as Error).message}); the model is in the store, the same command tells it again`,
      { cause },
    );
  } finally {
    await client?.endAsync(true);
  }
}
