/** Why nobody answered, as far as it can be told from what was heard. */
import type { NodeContext } from "./context.ts";
import type { Discovery } from "./discovery.ts";
import type { ServiceAdvert } from "./discovery-codec.ts";
import { isLoopback } from "./environment.ts";
import { splitWireName, wireName } from "./names.ts";

export interface SilentCall {
  readonly service: string;
  readonly requestType: string;
  readonly responseType: string;
  readonly timeoutMs: number;
}

/** The message of a call that was not answered in time. `provider` is who was asked, or null when there was nobody to ask. */
export function explainSilence(context: NodeContext, discovery: Discovery, call: SilentCall, provider: ServiceAdvert | null): string {
  const { service, requestType, responseType, timeoutMs } = call;
  if (provider)
    return `service "${service}" at ${provider.address} was asked and did not answer within ${timeoutMs} ms; look whether its process hangs`;
  const head = `service "${service}" is not offered in partition "${context.partition}" (waited ${timeoutMs} ms)`;
  const adverts = discovery.peers.adverts();
  const mine = wireName(context.partition, service);
  const other = adverts.find((advert): advert is ServiceAdvert => advert.kind === "service" && advert.name === mine);
  if (other) {
    const has = `${other.requestType} -> ${other.responseType}`;
    return `service "${service}" is offered as ${has}, not as ${requestType} -> ${responseType}; use its types`;
  }
  const partitions = [...new Set(adverts.map((advert) => splitWireName(advert.name)?.partition ?? ""))];
  const elsewhere = adverts.find((advert) => splitWireName(advert.name)?.name === splitWireName(mine)?.name);
  if (elsewhere) return `${head}, but in partition "${splitWireName(elsewhere.name)?.partition}": set the same partition on both sides`;
  if (partitions.includes(context.partition))
    return `${head}; others are: is that the name, and is the plugin that offers it in the world?`;
  if (partitions.length > 0)
    return `${head}; there are processes in partition ${partitions.map((name) => `"${name}"`).join(", ")}: is one of them meant?`;
  return `${head}; ${nobodyHeard(context, discovery)}`;
}

/** What to look at when no process at all was heard. */
export function nobodyHeard({ network, warnings }: NodeContext, { foreign }: Pick<Discovery, "foreign">): string {
  const heard = [...foreign].map(([ip, count]) => `${count} from ${ip}`).join(", ");
  if (heard) return `discovery heard only what is not on loopback (${heard}): start the simulator with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1`;
  const version = warnings.all().find((warning) => warning.kind === "wrong-version");
  if (version) return version.message;
  const where = isLoopback(network.hostIp) ? "with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1" : `on the network of ${network.hostIp}`;
  return `no process was heard at all: is the simulator running ${where}, and (Jetty) with GZ_TRANSPORT_IMPLEMENTATION=zeromq?`;
}
