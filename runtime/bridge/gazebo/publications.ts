/** The publishing half of a node: one ZeroMQ XPUB socket, which also tells who really listens. */
import type { XPublisher } from "zeromq";
import { AgentError, invariant } from "../../core/errors.ts";
import { bindAnywhere, messagesOf, type NodeContext, pause } from "./context.ts";
import type { Discovery } from "./discovery.ts";
import type { TopicAdvert } from "./discovery-codec.ts";
import type { GazeboInit, MessageName } from "./message-types.ts";
import { typeName } from "./messages.ts";
import { wireName } from "./names.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";

const SEND_QUEUE_MAX = 1000;
/** What ZeroMQ holds for one slow subscriber before it drops, in messages: the same as Gazebo's. */
const SEND_HIGH_WATER = 1000;
/** A last command is still delivered when the node closes right after it. */
const LINGER_MS = 200;
const SUBSCRIBE_BYTE = 1;

export interface GazeboPublisher<N extends MessageName> extends AsyncDisposable {
  readonly topic: string;
  /** Somebody has subscribed, over TCP: what is sent from now on reaches him. */
  readonly hasSubscribers: boolean;
  /** Messages handed to ZeroMQ or waiting for it, and messages dropped because a thousand were waiting. */
  readonly sentCount: number;
  readonly droppedCount: number;
  /** Sends unless nobody listens; never throws for what the network does. */
  send(message: GazeboInit<N>): void;
  /** Throws AgentError `bridge.timeout`. */
  whenSubscribed(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface PublishOptions {
  /** Waiting messages are replaced by newer ones; default for images. */
  readonly newestOnly?: boolean;
}

interface Publication {
  readonly topic: string;
  readonly name: string;
  readonly type: MessageName;
  readonly newestOnly: boolean;
  advert: TopicAdvert;
  sent: number;
  dropped: number;
}

/** Binds the socket that every topic of the node goes through. */
export async function openPublications(context: NodeContext): Promise<Publications> {
  const socket = new context.zmq.XPublisher({ context: context.zmq.context, linger: LINGER_MS, sendHighWaterMark: SEND_HIGH_WATER });
  return new Publications(context, socket, await bindAnywhere(socket, context.network.hostIp));
}

export class Publications {
  readonly address: string;
  readonly #context: NodeContext;
  readonly #socket: XPublisher;
  readonly #queue: SendQueue;
  /** What subscribers asked for; ZeroMQ matches it as a prefix of the topic. */
  readonly #filters = new Set<string>();
  readonly #publications = new Map<string, Publication>();
  readonly #onFilter = new Set<() => void>();

  constructor(context: NodeContext, socket: XPublisher, address: string) {
    this.address = address;
    this.#context = context;
    this.#socket = socket;
    this.#queue = createSendQueue((frames) => socket.send(frames), SEND_QUEUE_MAX);
    void this.#readFilters();
  }

  publish<N extends MessageName>(discovery: Discovery, topic: string, type: N, options: PublishOptions): GazeboPublisher<N> {
    const name = wireName(this.#context.partition, topic);
    invariant(!this.#publications.has(name), `topic "${topic}" is published twice by one node`);
    const newestOnly = options.newestOnly ?? type === "Image";
    const publication: Publication = { topic, name, type, newestOnly, advert: this.#advert(name, type), sent: 0, dropped: 0 };
    this.#publications.set(name, publication);
    void discovery.offer(publication.advert);
    const close = async (): Promise<void> => {
      if (this.#publications.delete(name)) await discovery.withdraw(publication.advert);
    };
    const isWanted = (): boolean => this.#isWanted(name);
    return {
      topic,
      get hasSubscribers() {
        return isWanted();
      },
      get sentCount() {
        return publication.sent;
      },
      get droppedCount() {
        return publication.dropped;
      },
      send: (message) => this.#send(publication, message),
      whenSubscribed: (timeoutMs) => this.#whenSubscribed(publication, timeoutMs),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  /** Advertises everything anew under the family now in force: peers do not replace a record whose type changes. */
  async rename(discovery: Discovery): Promise<void> {
    for (const publication of this.#publications.values()) {
      await discovery.withdraw(publication.advert);
      publication.advert = this.#advert(publication.name, publication.type);
      await discovery.offer(publication.advert);
    }
  }

  close(): void {
    this.#publications.clear();
    this.#socket.close();
  }

  #advert(name: string, type: MessageName): TopicAdvert {
    const { processUuid, nodeUuid, family } = this.#context;
    return { kind: "topic", name, address: this.address, processUuid, nodeUuid, type: typeName(family(), type) };
  }

  #isWanted(name: string): boolean {
    return [...this.#filters].some((filter) => name.startsWith(filter));
  }

  async #readFilters(): Promise<void> {
    for await (const [frame] of messagesOf(this.#socket)) {
      if (!frame) continue;
      const filter = frame.subarray(1).toString();
      if (frame[0] === SUBSCRIBE_BYTE) this.#filters.add(filter);
      else this.#filters.delete(filter);
      for (const look of this.#onFilter) look();
    }
  }

  #send<N extends MessageName>(publication: Publication, message: GazeboInit<N>): void {
    const { name, type, topic, newestOnly } = publication;
    if (!this.#publications.has(name) || !this.#isWanted(name)) return;
    const { codec, family, warnings } = this.#context;
    const frames = [name, this.address, codec.encode(type as N, message), typeName(family(), type)];
    const taken = this.#queue.push(frames, newestOnly ? name : undefined);
    if (!taken) {
      publication.dropped++;
      warnings.add("overload", `topic "${topic}": ${SEND_QUEUE_MAX} messages wait to be sent; newer ones are dropped`);
    } else {
      publication.sent++;
      taken.catch((error: Error) => warnings.add("overload", `topic "${topic}": ${error.message}`));
    }
  }

  async #whenSubscribed({ name, topic }: Publication, timeoutMs: number): Promise<void> {
    const found = new AbortController();
    const look = (): void => {
      if (this.#isWanted(name)) found.abort();
    };
    this.#onFilter.add(look);
    look();
    await pause(this.#context.clock, timeoutMs, found.signal);
    this.#onFilter.delete(look);
    if (found.signal.aborted) return;
    const message = `topic "${topic}": nobody subscribed within ${timeoutMs} ms in partition "${this.#context.partition}"`;
    throw new AgentError("bridge.timeout", `${message}; does the other side use that name and that partition?`);
  }
}
