/** The subscribing half of a node: one line for what must be complete, one for pictures, of which only the newest counts. */
import { isReachable, type NodeContext } from "./context.ts";
import type { Discovery } from "./discovery.ts";
import type { Advert, Announcement, TopicAdvert } from "./discovery-codec.ts";
import type { GazeboMessage, MessageName } from "./message-types.ts";
import { splitTypeName, typeName } from "./messages.ts";
import { wireName } from "./names.ts";
import { type LineEntry, type RawHandler, SubscriberLine } from "./subscriber-line.ts";

/** What peers call "any type". */
const ANY_TYPE = "google.protobuf.Message";
const ORDERED_HIGH_WATER = 1000;
const NEWEST_HIGH_WATER = 4;

export interface SubscribeOptions {
  /** Hand over only the newest message when several have arrived; default for images. */
  readonly newestOnly?: boolean;
}

export interface GazeboSubscription extends Disposable {
  readonly topic: string;
  /** Messages that arrived, and those that were never handed over: replaced by newer ones, of another type, or unreadable. */
  readonly receivedCount: number;
  readonly droppedCount: number;
  /** Processes that publish this topic with a type that fits. */
  readonly publisherCount: number;
  close(): void;
}

/** `receivedNs` is the node's clock when the message was taken from the socket. */
export type MessageHandler<N extends MessageName> = (message: GazeboMessage<N>, receivedNs: bigint) => void;

interface Entry extends LineEntry {
  readonly topic: string;
  /** Null takes any type. */
  readonly type: MessageName | null;
}

export class Subscriptions {
  readonly #context: NodeContext;
  readonly #discovery: Discovery;
  readonly #ownAddress: string;
  readonly #ordered: SubscriberLine;
  readonly #newest: SubscriberLine;

  constructor(context: NodeContext, discovery: Discovery, ownAddress: string) {
    this.#context = context;
    this.#discovery = discovery;
    this.#ownAddress = ownAddress;
    this.#ordered = new SubscriberLine({ ...context, newestOnly: false, highWater: ORDERED_HIGH_WATER });
    this.#newest = new SubscriberLine({ ...context, newestOnly: true, highWater: NEWEST_HIGH_WATER });
  }

  subscribe<N extends MessageName>(topic: string, type: N, handler: MessageHandler<N>, options: SubscribeOptions): GazeboSubscription {
    const { codec, warnings } = this.#context;
    const decode: RawHandler = (_, bytes, receivedNs) => {
      let message: GazeboMessage<N>;
      try {
        message = codec.decode(type, bytes);
      } catch (error) {
        return warnings.add("garbage", `topic "${topic}": ${(error as Error).message}`);
      }
      handler(message, receivedNs);
    };
    return this.#open(topic, type, decode, options.newestOnly ?? type === "Image");
  }

  subscribeRaw(topic: string, handler: RawHandler, options: SubscribeOptions): GazeboSubscription {
    return this.#open(topic, null, handler, options.newestOnly ?? false);
  }

  /** A topic has got or lost a publisher. */
  onPublishersChanged(name: string): void {
    const entries = this.#entries().filter((entry) => entry.name === name);
    if (entries.length === 0) return;
    this.#reconcile();
    for (const entry of entries) this.#sayNewConnections(entry);
  }

  /** New connections are said again with each heartbeat, because they are single datagrams. */
  connections(): readonly Announcement[] {
    return this.#entries().flatMap((entry) => this.#publishersOf(entry).map((advert) => this.#newConnection(advert)));
  }

  /** What to tell somebody who lists subscribers. */
  listing(): readonly Announcement[] {
    const { processUuid, nodeUuid } = this.#context;
    return this.#entries().map(({ name, type }) => {
      const shown = type ? typeName(this.#context.family(), type) : ANY_TYPE;
      const advert: Advert = { kind: "topic", name, address: this.#ownAddress, processUuid, nodeUuid, type: shown };
      return { kind: "subscribers-reply", processUuid, advert };
    });
  }

  onSweep(): void {
    this.#ordered.sweep();
    this.#newest.sweep();
  }

  /** Tells publishers that nobody listens here any more: they would go on sending for ever. */
  async close(): Promise<void> {
    for (const entry of this.#entries()) await this.#sayEndConnections(entry);
    this.#ordered.close();
    this.#newest.close();
  }

  #entries(): Entry[] {
    return [...this.#ordered.entries, ...this.#newest.entries] as Entry[];
  }

  #open(topic: string, type: MessageName | null, handle: RawHandler, newestOnly: boolean): GazeboSubscription {
    const fits = (found: string): boolean => type === null || splitTypeName(found)?.name === type;
    const entry: Entry = { topic, name: wireName(this.#context.partition, topic), type, handle, fits, received: 0, dropped: 0 };
    const line = newestOnly ? this.#newest : this.#ordered;
    line.add(entry);
    const unwant = this.#discovery.want(entry.name);
    this.#reconcile();
    this.#sayNewConnections(entry);
    const close = (): void => {
      if (!line.delete(entry)) return;
      unwant();
      if (!this.#entries().some((other) => other.name === entry.name)) void this.#sayEndConnections(entry);
      this.#reconcile();
    };
    const publisherCount = (): number => this.#publishersOf(entry).length;
    return {
      topic,
      get receivedCount() {
        return entry.received;
      },
      get droppedCount() {
        return entry.dropped;
      },
      get publisherCount() {
        return publisherCount();
      },
      close,
      [Symbol.dispose]: close,
    };
  }

  #publishersOf(entry: Entry): TopicAdvert[] {
    const adverts = this.#discovery.peers.adverts().filter((advert) => advert.name === entry.name);
    const what = `topic "${entry.topic}"`;
    return adverts
      .filter((advert) => advert.kind === "topic")
      .filter((advert) => isReachable(this.#context, what, advert.address) && this.#isOfType(entry, advert));
  }

  #isOfType(entry: Entry, advert: TopicAdvert): boolean {
    if (entry.fits(advert.type)) return true;
    const message = `topic "${entry.topic}" is published as ${advert.type} and subscribed to as ${entry.type}; nothing will arrive`;
    this.#context.warnings.add("wrong-type", message);
    return false;
  }

  #reconcile(): void {
    for (const line of [this.#ordered, this.#newest]) {
      const publishers = [...line.entries].flatMap((entry) => this.#publishersOf(entry as Entry));
      line.want(new Set(publishers.map((publisher) => publisher.address)));
    }
  }

  #newConnection(publisher: TopicAdvert): Announcement {
    const { processUuid, nodeUuid } = this.#context;
    return { kind: "new-connection", processUuid, advert: { ...publisher, processUuid, nodeUuid, addressee: publisher.processUuid } };
  }

  #sayNewConnections(entry: Entry): void {
    for (const publisher of this.#publishersOf(entry)) void this.#discovery.say("new-connection", this.#newConnection(publisher).advert);
  }

  async #sayEndConnections(entry: Entry): Promise<void> {
    const { processUuid, nodeUuid } = this.#context;
    for (const publisher of this.#publishersOf(entry)) {
      const common = { kind: "topic", name: entry.name, address: this.#ownAddress, processUuid, nodeUuid } as const;
      await this.#discovery.say("end-connection", { ...common, type: ANY_TYPE, addressee: publisher.processUuid });
    }
  }
}
