/** Quality of service by what a topic is for, and what is said when two ends do not fit together. */
import type { EventCallbacks, RclLibrary } from "./library.ts";

interface Qos {
  readonly depth: number;
  readonly reliability: "reliable" | "best-effort";
  readonly durability: "volatile" | "transient-local";
}

/**
 * sensor: hears reliable and best-effort publishers alike; latched: whoever comes later still gets the last message; joints: room for a second of a
 * fast arm, so that a process that is held up loses none (how old they are then is judged by their stamps).
 */
export const QOS = {
  sensor: { depth: 10, reliability: "best-effort", durability: "volatile" },
  joints: { depth: 500, reliability: "best-effort", durability: "volatile" },
  clock: { depth: 10, reliability: "best-effort", durability: "volatile" },
  reliable: { depth: 10, reliability: "reliable", durability: "volatile" },
  tf: { depth: 100, reliability: "reliable", durability: "volatile" },
  latched: { depth: 1, reliability: "reliable", durability: "transient-local" },
  latchedMany: { depth: 100, reliability: "reliable", durability: "transient-local" },
} as const satisfies Record<string, Qos>;
export type QosName = keyof typeof QOS;

/** rmw_qos_history_policy_e, rmw_qos_reliability_policy_e, rmw_qos_durability_policy_e. */
const KEEP_LAST = 1;
const RELIABILITY = { reliable: 1, "best-effort": 2 } as const;
const DURABILITY = { "transient-local": 1, volatile: 2 } as const;

/** What rclnodejs takes as options of a publisher or subscription. */
export function qosOptions({ rcl }: RclLibrary, name: QosName): { readonly qos: object } {
  const { depth, reliability, durability } = QOS[name];
  return { qos: new rcl.QoS(KEEP_LAST, depth, RELIABILITY[reliability], DURABILITY[durability]) };
}

/** rmw_qos_policy_kind_e, as the bits that the events carry. */
const POLICIES: Readonly<Record<number, string>> = {
  2: "durability",
  4: "deadline",
  8: "liveliness",
  16: "reliability",
  32: "history",
  64: "lifespan",
};

export interface QosMismatch {
  readonly topic: string;
  readonly side: "publisher" | "subscription";
  readonly name: QosName;
  readonly event: unknown;
}

/** One sentence for people: what does not fit, what ours is, what to do. */
export function describeMismatch({ topic, side, name, event }: QosMismatch): string {
  const kind = Number((event as { last_policy_kind?: unknown } | null)?.last_policy_kind);
  const { reliability, durability } = QOS[name];
  const policy = POLICIES[kind] ?? "QoS";
  const other = side === "subscription" ? "publisher" : "subscriber";
  return `topic "${topic}": a ${other} does not fit our ${side} in ${policy}, so nothing is exchanged with it; ours is ${reliability}, ${durability}: change the ${other}'s`;
}

/** Calls back with a sentence for every peer that does not fit. */
export function onMismatch(
  { events }: RclLibrary,
  about: Omit<QosMismatch, "event">,
  warn: (text: string) => void,
): EventCallbacks | undefined {
  try {
    const callbacks = about.side === "subscription" ? new events.SubscriptionEventCallbacks() : new events.PublisherEventCallbacks();
    callbacks.incompatibleQos = (event) => warn(describeMismatch({ ...about, event }));
    return callbacks;
  } catch {
    return undefined; // Before Jazzy the middleware does not tell.
  }
}
