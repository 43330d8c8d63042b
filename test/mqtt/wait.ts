/** Waiting for what another process does, always with an end. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when it is so; throws with `what` when it is not after `forMs`. */
export async function until(what: string, isSo: () => boolean, forMs = 10_000): Promise<void> {
  const endMs = Date.now() + forMs;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error(`after ${forMs} ms still not: ${what}`);
    await sleep(10);
  }
}

export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
