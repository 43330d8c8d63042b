/** Everybody who watches: the newest message of each kind goes to all, and whoever reads too slowly misses some, never queues them. */
import type { PageMessage } from "./messages.ts";

/** A viewer that is this many bytes behind is sent nothing more until it has caught up. */
export const BACKLOG_BYTES_MAX = 1_000_000;
export const VIEWERS_MAX = 16;

/** The part of a WebSocket that is used here. */
export interface ViewerSocket {
  readonly bufferedAmount: number;
  send(text: string, sent: () => void): void;
  close(code: number, reason: string): void;
  on(event: "close" | "error", listener: () => void): unknown;
}

export type News = Exclude<PageMessage, { type: "hello" }>;

export interface Audience {
  readonly viewerCount: number;
  /** Sends hello and the newest message of each kind; closes the socket (1013) when there are VIEWERS_MAX already. */
  join(socket: ViewerSocket): void;
  /** `make` is called when somebody is there to read, at most once: a page that nobody looks at costs nothing. */
  tell<Kind extends News["type"]>(type: Kind, make: () => Extract<News, { type: Kind }>): void;
}

interface Viewer {
  readonly socket: ViewerSocket;
  /** Kinds of which it has not had the newest message. */
  readonly owed: Set<News["type"]>;
}

/** `hello` is called for every viewer that joins. */
export function createAudience(hello: () => PageMessage): Audience {
  const newest = new Map<News["type"], () => string>();
  const viewers = new Set<Viewer>();
  const serve = (viewer: Viewer): void => {
    for (const kind of viewer.owed) {
      if (!viewers.has(viewer) || viewer.socket.bufferedAmount >= BACKLOG_BYTES_MAX) return;
      viewer.owed.delete(kind);
      viewer.socket.send(newest.get(kind)!(), () => serve(viewer));
    }
  };
  return {
    get viewerCount() {
      return viewers.size;
    },
    join(socket) {
      if (viewers.size >= VIEWERS_MAX) return socket.close(1013, `at most ${VIEWERS_MAX} pages at once; close one`);
      const viewer = { socket, owed: new Set(newest.keys()) };
      viewers.add(viewer);
      socket.on("close", () => viewers.delete(viewer));
      socket.on("error", () => viewers.delete(viewer));
      socket.send(JSON.stringify(hello()), () => serve(viewer));
      serve(viewer);
    },
    tell(type, make) {
      newest.set(
        type,
        once(() => JSON.stringify(make())),
      );
      for (const viewer of viewers) {
        viewer.owed.add(type);
        serve(viewer);
      }
    },
  };
}

function once(make: () => string): () => string {
  let made: string | null = null;
  return () => (made ??= make());
}
