/** A cable that can be pulled out and put in again: a port that is gone meanwhile, and there again under the same name. */
import type { BytePort } from "../../runtime/bridge/servos/byte-port.ts";

export interface Plug extends BytePort {
  /** What hangs on it goes on: nobody hears it any more. */
  pullOut(): Promise<void>;
  /** Throws what `open` throws. */
  putIn(): Promise<void>;
}

/** `open` makes the port anew each time. Throws what it throws. */
export async function openPlug(open: () => Promise<BytePort>): Promise<Plug> {
  let onBytes: (bytes: Uint8Array) => void = () => {};
  let port: BytePort | null = null;
  const putIn = async (): Promise<void> => {
    if (port) return;
    port = await open();
    port.onBytes((bytes) => onBytes(bytes));
  };
  const pullOut = async (): Promise<void> => {
    const pulled = port;
    port = null;
    await pulled?.[Symbol.asyncDispose]();
  };
  await putIn();
  return {
    name: port!.name,
    write: (bytes) => port?.write(bytes),
    onBytes(listener) {
      onBytes = listener;
    },
    onClosed() {}, // It closes only where somebody pulls it.
    pullOut,
    putIn,
    [Symbol.asyncDispose]: pullOut,
  };
}
