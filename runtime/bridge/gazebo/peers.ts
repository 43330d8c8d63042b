/** Who is there and what they offer, as heard on one discovery port: pure bookkeeping, time is handed in. */
import { type Clock, nsToMs } from "../../core/clock.ts";
import type { Advert } from "./discovery-codec.ts";

/** A process that says nothing for so long is gone. */
export const SILENCE_MS = 3000;
/** How often `sweep` is meant to be called. */
export const SWEEP_MS = 100;
/** Records beyond this are not taken in: somebody floods the port. */
const ADVERTS_MAX = 20_000;

interface Peer {
  heardNs: bigint;
  /** By kind, name and node. */
  readonly adverts: Map<string, Advert>;
}

export interface Peers {
  /** Any message of the process, of whatever kind. */
  heard(processUuid: string): void;
  /** True when it is new, or not what was known under its name and node. */
  add(advert: Advert): boolean;
  /** The record that is forgotten with this, none or one. */
  remove(advert: Advert): readonly Advert[];
  /** What a process offered that has said goodbye. */
  forget(processUuid: string): readonly Advert[];
  /** What processes offered that have been silent for too long. */
  sweep(): readonly Advert[];
  /** Every record, that of the most recently heard process first. */
  adverts(): readonly Advert[];
  readonly processCount: number;
}

/**
 * An event loop that stands still hears nobody, and its timers run before its sockets are read: a sweep that comes late therefore proves nothing,
 * and the time by which it is late is not held against the peers.
 */
export function createPeers(clock: Clock): Peers {
  const peers = new Map<string, Peer>();
  let advertCount = 0;
  let sweptNs = clock.nowNs();

  const forget = (processUuid: string): readonly Advert[] => {
    const adverts = [...(peers.get(processUuid)?.adverts.values() ?? [])];
    peers.delete(processUuid);
    advertCount -= adverts.length;
    return adverts;
  };
  const heard = (processUuid: string): Peer => {
    const peer = peers.get(processUuid) ?? { heardNs: 0n, adverts: new Map<string, Advert>() };
    peer.heardNs = clock.nowNs();
    peers.set(processUuid, peer);
    return peer;
  };
  return {
    heard,
    add(advert) {
      const { adverts } = heard(advert.processUuid);
      const known = adverts.get(keyOf(advert));
      if (known && JSON.stringify(known) === JSON.stringify(advert)) return false;
      if (!known && advertCount >= ADVERTS_MAX) return false;
      if (!known) advertCount++;
      adverts.set(keyOf(advert), advert);
      return true;
    },
    remove(advert) {
      const adverts = peers.get(advert.processUuid)?.adverts;
      const known = adverts?.get(keyOf(advert));
      if (adverts?.delete(keyOf(advert))) advertCount--;
      return known ? [known] : [];
    },
    forget,
    sweep() {
      const nowNs = clock.nowNs();
      const lateMs = nsToMs(nowNs - sweptNs) - SWEEP_MS;
      sweptNs = nowNs;
      if (lateMs > SWEEP_MS) {
        for (const peer of peers.values()) peer.heardNs += BigInt(Math.round(lateMs * 1e6));
      }
      const silent = [...peers].filter(([, peer]) => nsToMs(nowNs - peer.heardNs) > SILENCE_MS);
      return silent.flatMap(([processUuid]) => forget(processUuid));
    },
    adverts: () => [...peers.values()].sort((a, b) => Number(b.heardNs - a.heardNs)).flatMap((peer) => [...peer.adverts.values()]),
    get processCount() {
      return peers.size;
    },
  };
}

const keyOf = (advert: Advert): string => `${advert.kind} ${advert.name} ${advert.nodeUuid}`;
