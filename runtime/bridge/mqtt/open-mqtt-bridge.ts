/** Opens the bridge that a launch file describes: the broker, where it is embedded, and the link to it. */
import { randomUUID } from "node:crypto";
import { readPem } from "../../core/plain-file.ts";
import { newToken } from "../../core/secret.ts";
import type { Commanders } from "./authority.ts";
import { type BridgeOptions, createBridge, type MqttBridge } from "./bridge.ts";
import { type BrokerAccess, createDial } from "./dial.ts";
import { openEmbeddedBroker } from "./embedded-broker.ts";
import type { Place } from "./topics.ts";

/** `mqtt` of a launch file. */
export interface MqttConfig extends Place, Pick<BridgeOptions, "linkLoss" | "telemetryMs" | "thumbnailMs"> {
  readonly broker: EmbeddedBrokerConfig | ExternalBrokerConfig;
  readonly commanders: Commanders;
}

export interface EmbeddedBrokerConfig {
  readonly kind: "embedded";
  readonly host: string;
  readonly port: number;
}

export interface ExternalBrokerConfig extends Pick<BrokerAccess, "url" | "protocol" | "keepaliveS" | "connectTimeoutMs"> {
  readonly kind: "external";
  /** Null for foresight-<site>-<robot>. */
  readonly clientId: string | null;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM files; null for none. */
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

export type OpenMqttOptions = Pick<BridgeOptions, "facts" | "desk" | "clock" | "wallClock" | "rng" | "say"> & {
  readonly config: MqttConfig;
};

/** Who may command an embedded broker where the launch file names nobody. */
const OPERATOR = "operator";
/** Of our own broker, on loopback. */
const EMBEDDED = { protocol: "3.1.1", keepaliveS: 5, connectTimeoutMs: 5000 } as const;

/** Throws AgentError `bridge.failed`, `bridge.missing` or `launch.invalid`; a broker that is not there is waited for in the background. */
export async function openMqttBridge({ config, ...options }: OpenMqttOptions): Promise<MqttBridge> {
  const { site, robot, broker, linkLoss, telemetryMs, thumbnailMs } = config;
  const place = { site, robot };
  const clientId = `foresight-${site}-${robot}`;
  const common = { ...options, place, linkLoss, telemetryMs, thumbnailMs, sessionId: randomUUID() };
  if (broker.kind === "external") {
    const access = { ...broker, clientId: broker.clientId ?? clientId, ...pemOf(broker) };
    return createBridge({ ...common, commanders: config.commanders, dial: createDial(access, options.clock) });
  }
  const commanders = commandersOf(config);
  const embedded = await openEmbeddedBroker({ ...broker, places: [place], commanders, say: options.say });
  const { url, robots } = embedded;
  const dial = createDial({ ...EMBEDDED, url, username: robots[0]?.name, password: robots[0]?.password, clientId }, options.clock);
  options.say(`${url}, topics foresight/v1/${site}/${robot}/#${invitation(config, commanders)}`);
  const bridge = createBridge({ ...common, commanders, dial });
  const close = async (): Promise<void> => {
    await bridge[Symbol.asyncDispose]();
    await embedded[Symbol.asyncDispose]();
  };
  return { ...bridge, close, [Symbol.asyncDispose]: close };
}

function commandersOf({ commanders }: MqttConfig): Commanders {
  return Object.keys(commanders).length > 0 ? commanders : { [OPERATOR]: { token: newToken() } };
}

/** Whoever reads it may command, as with the address of the page. */
function invitation(config: MqttConfig, commanders: Commanders): string {
  if (Object.keys(config.commanders).length > 0) return "";
  return `, user ${OPERATOR}, password and token ${commanders[OPERATOR]?.token}`;
}

/** What the files of a broker hold. */
function pemOf({ caFile, certFile, keyFile }: ExternalBrokerConfig): Pick<BrokerAccess, "ca" | "cert" | "key"> {
  const pem = (key: string, path: string | null) => readPem(`mqtt.broker.${key}`, path);
  return { ca: pem("caFile", caFile), cert: pem("certFile", certFile), key: pem("keyFile", keyFile) };
}
