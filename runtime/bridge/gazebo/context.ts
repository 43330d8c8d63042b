/** What the parts of one Gazebo node share. */
import { type Clock, nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import { type GazeboNetwork, isLoopback } from "./environment.ts";
import type { ZeroMq } from "./libraries.ts";
import type { Codec, Family } from "./messages.ts";
import type { Frames, SendQueue } from "./send-queue.ts";
import type { Warnings } from "./warnings.ts";

export interface NodeContext {
  readonly codec: Codec;
  readonly zmq: ZeroMq;
  readonly clock: Clock;
  readonly network: GazeboNetwork;
  readonly partition: string;
  readonly processUuid: string;
  readonly nodeUuid: string;
  readonly warnings: Warnings;
  /** The family in force; it may change when a simulator is seen. */
  family(): Family;
}

/** Between attempts to send to a peer whose handshake is not finished. */
const RETRY_MS = 2;

/** Binds to a free port of the node's interface and returns the address. Throws AgentError `bridge.failed`; the socket is closed then. */
export async function bindAnywhere(socket: Bindable, hostIp: string): Promise<string> {
  try {
    await socket.bind(`tcp://${hostIp}:*`);
    return socket.lastEndpoint!;
  } catch (cause) {
    socket.close();
    const message = `Gazebo: cannot bind to ${hostIp} (${(cause as Error).message}); is that an address of this machine?`;
    throw new AgentError("bridge.failed", message, { cause });
  }
}

interface Receiving {
  readonly closed: boolean;
  receiveTimeout: number;
  receive(): Promise<Buffer[]>;
}

/** A reader looks by itself after so long. */
const LOOK_MS = 250;

/**
 * Every message until the socket is closed: a receive that is under way then fails, with one of several codes. ZeroMQ tells of messages by the edge of
 * a descriptor, and another call on the same socket, such as connecting it, can take that edge in: the reader would sleep beside a full queue for ever.
 */
export async function* messagesOf(socket: Receiving): AsyncGenerator<Buffer[], void> {
  socket.receiveTimeout = LOOK_MS;
  while (!socket.closed) {
    let frames: Buffer[];
    try {
      frames = await socket.receive();
    } catch (error) {
      if (socket.closed) return;
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") continue;
      throw error;
    }
    yield frames;
  }
}

interface Bindable {
  readonly lastEndpoint: string | null;
  bind(address: string): Promise<void>;
  close(): void;
}

/** Resolves after `ms`, or at once when the signal aborts; never rejects. */
export const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => clock.sleep(ms, signal).catch(() => {});

/** False, with a warning, for an address outside loopback when the node keeps to loopback. */
export function isReachable({ network, warnings }: NodeContext, what: string, address: string): boolean {
  if (!isLoopback(network.hostIp) || /^tcp:\/\/127\./.test(address)) return true;
  warnings.add("not-on-loopback", `${what} is at ${address}, not on loopback; start that process with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1`);
  return false;
}

/** Sends to a peer by its routing id; while the connection to it is being made it is tried again until the deadline. */
export async function sendToPeer(
  clock: Clock,
  queue: SendQueue,
  frames: Frames,
  deadlineNs: bigint,
): Promise<"sent" | "full" | "unreachable"> {
  const never = new AbortController().signal;
  for (;;) {
    const taken = queue.push(frames);
    if (!taken) return "full";
    try {
      await taken;
      return "sent";
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "EHOSTUNREACH" && code !== "EAGAIN") return "unreachable";
      if (nsToMs(deadlineNs - clock.nowNs()) <= RETRY_MS) return "unreachable";
      await pause(clock, RETRY_MS, never);
    }
  }
}
