/** The border to the socket: one connection to a broker, which lives until it is closed or lost and is never used again. */

import type { Incoming } from "./gate.ts";
import type { CommandTopic } from "./topics.ts";

/** Of MQTT 5; left out where the broker speaks 3.1.1, which is why the payload carries all of it too. */
export interface MessageProperties {
  readonly correlation?: Uint8Array;
  /** The broker drops the message after this time, seconds. */
  readonly expiryS?: number;
}

export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly properties?: MessageProperties;
}

export interface Connection {
  readonly protocol: "5" | "3.1.1";
  /** Bytes that were written and have not left this process. */
  readonly backlogBytes: number;
  /** Resolves when sent (QoS 0) or acknowledged (QoS 1); rejects when the connection ends before. */
  publish(message: Outgoing): Promise<void>;
  /** Resolves when the broker has granted it; rejects when it does not, or the connection ends before. Call it once. */
  listen(topics: Readonly<Record<CommandTopic, string>>, onMessage: (incoming: Incoming & Replying) => void): Promise<void>;
  /** Resolves with the reason once, when it is over. */
  readonly ended: Promise<string>;
  /** Says goodbye, so that the broker does not say the will; ends at once when that is not possible. */
  close(): Promise<void>;
}

/** How the sender of a message of MQTT 5 wants to be answered. */
export interface Replying {
  readonly responseTopic?: string;
  readonly correlation?: Uint8Array;
}

/** Resolves when connected; `will` is what the broker says when the connection is lost. Throws AgentError `bridge.failed`. */
export type Dial = (will: Outgoing, signal: AbortSignal) => Promise<Connection>;
