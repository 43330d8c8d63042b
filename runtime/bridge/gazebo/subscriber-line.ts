/** One ZeroMQ SUB socket with the addresses it is connected to and the subscriptions it serves. */
import type { Subscriber } from "zeromq";
import { type Clock, nsToMs } from "../../core/clock.ts";
import { messagesOf } from "./context.ts";
import type { ZeroMq } from "./libraries.ts";

/** UNADVERTISE goes by UDP and overtakes the last data, which go by TCP: the socket stays connected for so long. */
const DISCONNECT_AFTER_MS = 1000;

/** Any message of a topic: its full type name and its bytes. */
export type RawHandler = (type: string, bytes: Uint8Array, receivedNs: bigint) => void;

/** A subscription as its line sees it. */
export interface LineEntry {
  /** Name on the wire. */
  readonly name: string;
  readonly handle: RawHandler;
  fits(type: string): boolean;
  received: number;
  dropped: number;
}

export interface LineOptions {
  readonly zmq: ZeroMq;
  readonly clock: Clock;
  /** Of several messages that have arrived for one subscription only the last is handed over. */
  readonly newestOnly: boolean;
  /** Messages that ZeroMQ holds before the publisher has to. */
  readonly highWater: number;
}

export class SubscriberLine {
  readonly entries = new Set<LineEntry>();
  readonly #clock: Clock;
  readonly #newestOnly: boolean;
  readonly #socket: Subscriber;
  /** By address; a stamp says since when nobody wants it. */
  readonly #connected = new Map<string, bigint | null>();
  readonly #newest = new Map<LineEntry, { type: string; bytes: Uint8Array; receivedNs: bigint }>();

  constructor({ zmq, clock, newestOnly, highWater }: LineOptions) {
    this.#clock = clock;
    this.#newestOnly = newestOnly;
    this.#socket = new zmq.Subscriber({ context: zmq.context, linger: 0, receiveHighWaterMark: highWater });
    void this.#read();
  }

  add(entry: LineEntry): void {
    if (!this.#has(entry.name)) this.#socket.subscribe(entry.name);
    this.entries.add(entry);
  }

  delete(entry: LineEntry): boolean {
    if (!this.entries.delete(entry)) return false;
    if (!this.#has(entry.name)) this.#socket.unsubscribe(entry.name);
    return true;
  }

  /** Connects to these addresses at once, and leaves the others a second from now. */
  want(addresses: ReadonlySet<string>): void {
    for (const address of addresses) {
      if (!this.#connected.has(address)) this.#socket.connect(address);
      this.#connected.set(address, null);
    }
    for (const [address, unwantedNs] of this.#connected) {
      if (!addresses.has(address) && unwantedNs === null) this.#connected.set(address, this.#clock.nowNs());
    }
  }

  /** Leaves the addresses that have not been wanted for a second. */
  sweep(): void {
    for (const [address, unwantedNs] of this.#connected) {
      if (unwantedNs === null || nsToMs(this.#clock.nowNs() - unwantedNs) < DISCONNECT_AFTER_MS) continue;
      this.#connected.delete(address);
      this.#socket.disconnect(address);
    }
  }

  close(): void {
    this.entries.clear();
    this.#socket.close();
  }

  #has(name: string): boolean {
    return [...this.entries].some((entry) => entry.name === name);
  }

  async #read(): Promise<void> {
    for await (const [name, , bytes, type] of messagesOf(this.#socket)) {
      if (!name || !bytes || !type) continue;
      const receivedNs = this.#clock.nowNs();
      const wire = name.toString();
      for (const entry of this.entries) {
        if (entry.name === wire) this.#take(entry, type.toString(), bytes, receivedNs); // ZeroMQ filters by prefix: others' topics get through.
      }
    }
  }

  #take(entry: LineEntry, type: string, bytes: Uint8Array, receivedNs: bigint): void {
    entry.received++;
    if (!entry.fits(type)) entry.dropped++;
    else if (!this.#newestOnly) entry.handle(type, bytes, receivedNs);
    else {
      if (this.#newest.has(entry)) entry.dropped++;
      else setImmediate(() => this.#deliver(entry)); // Runs when the socket has been read empty.
      this.#newest.set(entry, { type, bytes, receivedNs });
    }
  }

  #deliver(entry: LineEntry): void {
    const newest = this.#newest.get(entry);
    this.#newest.delete(entry);
    if (newest && this.entries.has(entry)) entry.handle(newest.type, newest.bytes, newest.receivedNs);
  }
}
