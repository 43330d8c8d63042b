/** Discovery on one port: says what this process offers and wants, learns what others offer. */
import type { Clock } from "../../core/clock.ts";
import { type Datagrams, openDatagrams } from "./datagrams.ts";
import {
  type Advert,
  type Announcement,
  type Decoded,
  type DiscoveryKind,
  decodeAnnouncement,
  encodeAnnouncement,
  STATISTICS_WIRE_VERSION,
  WIRE_VERSION,
} from "./discovery-codec.ts";
import { type GazeboNetwork, isLoopback } from "./environment.ts";
import type { Codec } from "./messages.ts";
import { splitWireName } from "./names.ts";
import { createPeers, type Peers, SWEEP_MS } from "./peers.ts";
import type { Warnings } from "./warnings.ts";

const HEARTBEAT_MS = 1000;
/** Foreign addresses that are counted. */
const FOREIGN_MAX = 100;

export interface DiscoveryOptions {
  readonly codec: Codec;
  readonly clock: Clock;
  readonly network: GazeboNetwork;
  readonly port: number;
  readonly processUuid: string;
  readonly partition: string;
  readonly warnings: Warnings;
  /** Somebody offers something, new or changed. */
  onFound(advert: Advert): void;
  /** It is not offered any more. */
  onLost(advert: Advert): void;
  /** Once a second; returns what is to be said again. */
  onHeartbeat(): readonly Announcement[];
  /** After each look for silent processes, every 100 ms. */
  onSweep(): void;
  /** Somebody lists subscribers; returns what to answer. */
  onSubscribersRequest(): readonly Announcement[];
}

/** Joins the group of one port. */
export async function openDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  let discovery: Discovery | undefined;
  const datagrams = await openDatagrams(options.network, options.port, {
    onDatagram: (bytes) => discovery?.onDatagram(bytes),
    onForeign: (bytes, ip) => discovery?.onForeign(bytes, ip),
  });
  discovery = new Discovery(options, datagrams);
  return discovery;
}

export class Discovery {
  readonly peers: Peers;
  readonly #options: DiscoveryOptions;
  readonly #datagrams: Datagrams;
  readonly #offered = new Set<Advert>();
  readonly #wanted = new Map<string, number>();
  readonly #foreign = new Map<string, number>();
  readonly #stopTimers: readonly (() => void)[];

  constructor(options: DiscoveryOptions, datagrams: Datagrams) {
    this.peers = createPeers(options.clock);
    this.#options = options;
    this.#datagrams = datagrams;
    this.#beat();
    const sweep = (): void => {
      this.#lose(this.peers.sweep());
      options.onSweep();
    };
    this.#stopTimers = [options.clock.every(HEARTBEAT_MS, () => this.#beat()), options.clock.every(SWEEP_MS, sweep)];
  }

  /** Datagrams from outside loopback that were not looked at, by address. */
  get foreign(): ReadonlyMap<string, number> {
    return this.#foreign;
  }

  /** Says at once, and with each heartbeat, that this process offers it. */
  offer(advert: Advert): Promise<void> {
    this.#offered.add(advert);
    return this.say("advertise", advert);
  }

  async withdraw(advert: Advert): Promise<void> {
    if (this.#offered.delete(advert)) await this.say("unadvertise", advert);
  }

  /** Asks for a name until somebody offers it; the returned function ends the asking. */
  want(name: string): () => void {
    this.#wanted.set(name, (this.#wanted.get(name) ?? 0) + 1);
    void this.#ask(name);
    return () => {
      const left = (this.#wanted.get(name) ?? 1) - 1;
      if (left > 0) this.#wanted.set(name, left);
      else this.#wanted.delete(name);
    };
  }

  say(kind: DiscoveryKind, advert?: Advert): Promise<void> {
    return this.#send({ kind, processUuid: this.#options.processUuid, ...(advert ? { advert } : {}) });
  }

  /** Says goodbye and leaves the group. */
  async close(): Promise<void> {
    for (const stop of this.#stopTimers) stop();
    for (const advert of this.#offered) await this.say("unadvertise", advert);
    await this.say("bye");
    await this.#datagrams.close();
  }

  onDatagram(bytes: Uint8Array): void {
    const decoded = decodeAnnouncement(this.#options.codec, bytes);
    if (decoded.kind !== "announcement") warnOfUnreadable(this.#options, decoded);
    else if (decoded.announcement.processUuid !== this.#options.processUuid) this.#hear(decoded.announcement);
  }

  onForeign(bytes: Uint8Array, ip: string): void {
    if (this.#foreign.size < FOREIGN_MAX || this.#foreign.has(ip)) this.#foreign.set(ip, (this.#foreign.get(ip) ?? 0) + 1);
    warnOfForeign(this.#options, decodeAnnouncement(this.#options.codec, bytes), ip);
  }

  #hear({ kind, processUuid, advert, name }: Announcement): void {
    if (kind === "bye") this.#lose(this.peers.forget(processUuid));
    else this.peers.heard(processUuid);
    if (kind === "advertise" && advert && this.peers.add(advert)) this.#options.onFound(advert);
    if (kind === "unadvertise" && advert) this.#lose(this.peers.remove(advert));
    if (kind === "subscribe") {
      for (const own of this.#offered) if (own.name === name) void this.say("advertise", own);
    }
    if (kind === "subscribers-request") {
      for (const answer of this.#options.onSubscribersRequest()) void this.#send(answer);
    }
  }

  #lose(adverts: readonly Advert[]): void {
    for (const advert of adverts) this.#options.onLost(advert);
  }

  #beat(): void {
    void this.say("heartbeat");
    for (const advert of this.#offered) void this.say("advertise", advert);
    const known = new Set(this.peers.adverts().map((advert) => advert.name));
    for (const name of this.#wanted.keys()) if (!known.has(name)) void this.#ask(name);
    for (const again of this.#options.onHeartbeat()) void this.#send(again);
  }

  #ask(name: string): Promise<void> {
    return this.#send({ kind: "subscribe", processUuid: this.#options.processUuid, name });
  }

  #send(announcement: Announcement): Promise<void> {
    return this.#datagrams.send(encodeAnnouncement(this.#options.codec, announcement));
  }
}

/** Datagrams of the same partition from another interface: that is the simulator, started where a loopback client cannot use it. */
function warnOfForeign({ partition, warnings }: DiscoveryOptions, decoded: Decoded, ip: string): void {
  const advert = decoded.kind === "announcement" ? decoded.announcement.advert : undefined;
  if (!advert || splitWireName(advert.name)?.partition !== partition) return;
  warnings.add(
    "not-on-loopback",
    `somebody at ${ip} offers topics in partition "${partition}", but this client listens on loopback only; ` +
      "start the simulator with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1, or name that interface here",
  );
}

function warnOfUnreadable({ warnings, network }: DiscoveryOptions, decoded: Exclude<Decoded, { kind: "announcement" }>): void {
  if (decoded.kind === "garbage") warnings.add("garbage", `a discovery datagram cannot be read: ${decoded.why}`);
  if (decoded.kind === "version") {
    const statistics = decoded.version === STATISTICS_WIRE_VERSION;
    const remedy = statistics
      ? "unset IGN_TRANSPORT_TOPIC_STATISTICS and GZ_TRANSPORT_TOPIC_STATISTICS there"
      : "use Fortress or later there";
    const message = `process ${decoded.processUuid} speaks wire version ${decoded.version}, this client speaks ${WIRE_VERSION}; ${remedy}`;
    warnings.add("wrong-version", message);
  }
  if (decoded.kind === "relayed" && isLoopback(network.hostIp)) {
    warnings.add("not-on-loopback", "a relay re-sends discovery of another network here; a loopback client does not follow it");
  }
}
