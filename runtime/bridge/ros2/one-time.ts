/** What somebody says once, or now and then: told; late where somebody publishes it and nothing came; absent where nobody does. Late and absent are two things. */
import { type Clock, NS_PER_MS } from "../../core/clock.ts";
import type { Message } from "./library.ts";
import type { RosNode } from "./node.ts";
import type { QosName } from "./qos.ts";

export type OneTime<T> = { readonly state: "told"; readonly value: T } | { readonly state: "late" } | { readonly state: "absent" };

export interface OneTimeOptions<M extends Message, T> {
  readonly ros: Pick<RosNode, "subscribe">;
  readonly clock: Clock;
  readonly type: string;
  readonly topic: string;
  readonly qos: QosName;
  /** Null for a message that is none. */
  readonly read: (message: M) => T | null;
}

/** Who has not been discovered this long after the question was opened, and after so many looks, is not there, milliseconds. */
export const DISCOVERY_MS_MIN = 3000;
/** SAFETY: a second of a machine that has time. Where it has none looks come late, and so does whoever is to be discovered: he is not absent yet. */
export const LOOKS_MIN = 50;
/** No machine is waited for longer than this from the question on, milliseconds. */
export const DISCOVERY_MS_MAX = 12_000;
/** From when somebody who publishes it was first seen until it has come, milliseconds. */
export const TELLING_MS_MAX = 5000;
/** An answer takes no longer, milliseconds. */
export const ANSWER_MS_MAX = DISCOVERY_MS_MAX + TELLING_MS_MAX;
const LOOK_MS = 20;

/** Listens from now on; the answer waits as long as its two bounds allow, and no longer once it is known. */
export function askOnce<M extends Message, T>({ ros, clock, type, topic, qos, read }: OneTimeOptions<M, T>): () => Promise<OneTime<T>> {
  const openedNs = clock.nowNs();
  let told: { readonly value: T } | null = null;
  const subscription = ros.subscribe<M>(type, topic, qos, (message) => {
    const value = read(message);
    if (value !== null) told = { value };
  });
  const since = (ns: bigint): number => Number((clock.nowNs() - ns) / NS_PER_MS);
  const isDiscovered = (looks: number, askedNs: bigint): boolean =>
    (looks >= LOOKS_MIN && since(openedNs) >= DISCOVERY_MS_MIN) || since(askedNs) >= DISCOVERY_MS_MAX;
  return async () => {
    const askedNs = clock.nowNs();
    let seenNs: bigint | null = null;
    for (let looks = 0; ; looks++) {
      if (told) return { state: "told", value: told.value };
      if (seenNs === null && subscription.publisherCount > 0) seenNs = clock.nowNs();
      if (seenNs !== null && since(seenNs) >= TELLING_MS_MAX) return { state: "late" };
      if (seenNs === null && isDiscovered(looks, askedNs)) return { state: "absent" };
      await clock.sleep(LOOK_MS);
    }
  };
}
