/** Two ends of one wire in memory: what one writes the other hears in the next microtask. */
import type { BytePort } from "../../runtime/bridge/servos/byte-port.ts";

export interface MemoryPort extends BytePort {
  /** Everything written here, in order. */
  readonly written: Uint8Array[];
  /** What the wire does to bytes on their way from here: loses, doubles, breaks. */
  wire: (bytes: Uint8Array) => Uint8Array;
  /** Somebody pulls the plug: both ends are told. */
  unplug(why: string): void;
  /** And plugs it in again: whoever opens it now has it. */
  replug(): void;
  readonly isPlugged: boolean;
}

export function memoryPorts(): readonly [MemoryPort, MemoryPort] {
  let isClosed = false;
  const ends = [0, 1].map(() => ({ onBytes: (_: Uint8Array): void => {}, onClosed: (_: string): void => {} }));
  const portOf = (own: number): MemoryPort => {
    const port: MemoryPort = {
      name: "memory",
      written: [],
      wire: (bytes) => bytes,
      write(bytes) {
        if (isClosed) return;
        port.written.push(bytes.slice());
        const sent = port.wire(bytes.slice());
        queueMicrotask(() => isClosed || sent.length === 0 || ends[1 - own]!.onBytes(sent));
      },
      onBytes(listener) {
        ends[own]!.onBytes = listener;
      },
      onClosed(listener) {
        ends[own]!.onClosed = listener;
      },
      unplug(why) {
        isClosed = true;
        for (const { onClosed } of ends) onClosed(why);
      },
      replug() {
        isClosed = false;
      },
      get isPlugged() {
        return !isClosed;
      },
      async [Symbol.asyncDispose]() {},
    };
    return port;
  };
  return [portOf(0), portOf(1)];
}
