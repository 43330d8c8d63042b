/** A bounded queue in front of one ZeroMQ socket, which takes only one pending send at a time. */
export type Frames = (Uint8Array | string)[];

export interface SendQueue {
  /**
   * Resolves when ZeroMQ has taken the frames; rejects with what the socket said. Frames of the same `newestKey` replace each other while they
   * wait; the replaced ones resolve at once. Returns null, and does nothing, when the queue is full.
   */
  push(frames: Frames, newestKey?: string): Promise<void> | null;
  readonly length: number;
}

interface Item {
  frames: Frames;
  readonly newestKey: string | undefined;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createSendQueue(send: (frames: Frames) => Promise<void>, lengthMax: number): SendQueue {
  const waiting: Item[] = [];
  let sending = false;

  const drain = async (): Promise<void> => {
    sending = true;
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      await send(item.frames).then(item.resolve, item.reject);
    }
    sending = false;
  };
  return {
    push(frames, newestKey) {
      const older = newestKey === undefined ? undefined : waiting.find((item) => item.newestKey === newestKey);
      if (older) {
        older.frames = frames;
        return older.promise;
      }
      if (waiting.length >= lengthMax) return null;
      let settle: Pick<Item, "resolve" | "reject"> | undefined;
      const promise = new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
      });
      waiting.push({ frames, newestKey, promise, ...settle! });
      if (!sending) void drain();
      return promise;
    },
    get length() {
      return waiting.length;
    },
  };
}
