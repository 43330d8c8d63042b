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

export interface Discovery {
  readonly peers: Peers;
  /** Says at once, and with each heartbeat, that this process offers it. */
  offer(advert: Advert): Promise<void>;
  withdraw(advert: Advert): Promise<void>;
  /** Asks for a name until somebody offers it; the returned function ends the asking. */
  want(name: string): () => void;
  say(kind: DiscoveryKind, advert?: Advert): Promise<void>;
  /** Datagrams from outside loopback that were not looked at, by address. */
  readonly foreign: ReadonlyMap<string, number>;
  /** Says goodbye and leaves the group. */
  close(): Promise<void>;
}

export async function openDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  const { codec, clock, processUuid, network, port } = options;
  const peers = createPeers(clock);
  const offered = new Set<Advert>();
  const wanted = new Map<string, number>();
  const foreign = new Map<string, number>();

  const send = (announcement: Announcement): Promise<void> => datagrams.send(encodeAnnouncement(codec, announcement));
  const say = (kind: DiscoveryKind, advert?: Advert): Promise<void> => send({ kind, processUuid, ...(advert ? { advert } : {}) });
  const ask = (name: string): Promise<void> => send({ kind: "subscribe", processUuid, name });
  const onForeign = (bytes: Uint8Array, ip: string): void => {
    foreign.set(ip, (foreign.get(ip) ?? 0) + 1);
    warnOfForeign(options, decodeAnnouncement(codec, bytes), ip);
  };
  const onDatagram = (bytes: Uint8Array): void => {
    const decoded = decodeAnnouncement(codec, bytes);
    if (decoded.kind !== "announcement") return warnOfUnreadable(options, decoded);
    if (decoded.announcement.processUuid !== processUuid) hear(decoded.announcement);
  };
  const hear = ({ kind, processUuid: peer, advert, name }: Announcement): void => {
    if (kind === "bye") return peers.forget(peer).forEach(options.onLost);
    peers.heard(peer);
    if (kind === "advertise" && advert && peers.add(advert)) options.onFound(advert);
    if (kind === "unadvertise" && advert) {
      const known = peers.remove(advert);
      if (known) options.onLost(known);
    }
    if (kind === "subscribe") {
      for (const own of offered) if (own.name === name) void say("advertise", own);
    }
    if (kind === "subscribers-request") for (const answer of options.onSubscribersRequest()) void send(answer);
  };
  const beat = (): void => {
    void say("heartbeat");
    for (const advert of offered) void say("advertise", advert);
    const known = new Set(peers.adverts().map((advert) => advert.name));
    for (const name of wanted.keys()) if (!known.has(name)) void ask(name);
    for (const again of options.onHeartbeat()) void send(again);
  };

  const datagrams: Datagrams = await openDatagrams(network, port, { onDatagram, onForeign });
  beat();
  const stopBeat = clock.every(HEARTBEAT_MS, beat);
  const stopSweep = clock.every(SWEEP_MS, () => {
    peers.sweep().forEach(options.onLost);
    options.onSweep();
  });
  return {
    peers,
    foreign,
    say,
    offer: (advert) => {
      offered.add(advert);
      return say("advertise", advert);
    },
    withdraw: async (advert) => {
      if (offered.delete(advert)) await say("unadvertise", advert);
    },
    want: (name) => {
      wanted.set(name, (wanted.get(name) ?? 0) + 1);
      void ask(name);
      return () => {
        const left = (wanted.get(name) ?? 1) - 1;
        if (left > 0) wanted.set(name, left);
        else wanted.delete(name);
      };
    },
    close: async () => {
      stopBeat();
      stopSweep();
      for (const advert of offered) await say("unadvertise", advert);
      await say("bye");
      await datagrams.close();
    },
  };
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
