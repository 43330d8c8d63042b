/** A line between robot and broker that can go dead without a word: both ends stay open and hear nothing more. */
import { connect, createServer, type Socket } from "node:net";

export interface Line extends AsyncDisposable {
  readonly port: number;
  /** Made so far. */
  readonly connections: number;
  freeze(): void;
  /** Connections made from now on are carried; those that froze stay dead. */
  thaw(): void;
}

export async function openLine(toPort: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let connections = 0;
  const server = createServer((from) => {
    connections++;
    const to = connect(toPort, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      let isDead = false;
      one.on("data", (chunk) => {
        isDead ||= isFrozen;
        if (!isDead) other.write(chunk);
      });
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        if (!isDead && !isFrozen) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    get connections() {
      return connections;
    },
    freeze() {
      isFrozen = true;
    },
    thaw() {
      isFrozen = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
