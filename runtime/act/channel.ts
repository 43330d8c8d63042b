/** A two-way message channel between agent and keeper: a child process's, or an in-memory pair for tests and one-process use. */
import type { ChildProcess } from "node:child_process";

export interface Channel {
  /** Resolves when the message has left this side; rejects when the channel is closed. */
  send(message: object): Promise<void>;
  /** The one listener; null for none. Messages that come while there is none are kept for the next. */
  onMessage(listener: ((message: unknown) => void) | null): void;
  /** Called once when the other side is gone or either side closed; at once when that has happened already. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Messages kept for a listener; a peer that sends more before being listened to is broken. */
const WAITING_MAX = 1000;

/** The channel of this process (in a child) or of a forked child (in its parent). */
export function processChannel(peer: NodeJS.Process | ChildProcess): Channel {
  const inbox = createInbox();
  peer.on("message", inbox.deliver);
  peer.once("disconnect", inbox.close);
  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (!peer.connected || !peer.send) return reject(new Error("channel: closed"));
        peer.send(message, undefined, {}, (error) => (error ? reject(error) : resolve()));
      }),
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      if (peer.connected) peer.disconnect();
      queueMicrotask(inbox.close); // Node's own event never comes where a message is half read and its sender dies; whoever waits for it would wait for ever.
    },
  };
}

/** Two ends in one process; messages are cloned and delivered in order in later microtasks, as a process boundary would. */
export function memoryChannels(): readonly [Channel, Channel] {
  const inboxes = [createInbox(), createInbox()] as const;
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    for (const inbox of inboxes) queueMicrotask(inbox.close);
  };
  const channel = (own: Inbox, peer: Inbox): Channel => ({
    async send(message) {
      if (!open) throw new Error("channel: closed");
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => peer.deliver(copy));
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close,
  });
  return [channel(inboxes[0], inboxes[1]), channel(inboxes[1], inboxes[0])];
}

interface Inbox extends Pick<Channel, "onMessage" | "onClose" | "close"> {
  deliver(message: unknown): void;
}

function createInbox(): Inbox {
  const waiting: unknown[] = [];
  const closeListeners: (() => void)[] = [];
  let listener: ((message: unknown) => void) | null = null;
  let closed = false;
  return {
    deliver(message) {
      if (listener) listener(message);
      else if (waiting.length < WAITING_MAX) waiting.push(message);
      else throw new Error(`internal: ${WAITING_MAX} messages and no listener`);
    },
    onMessage(next) {
      listener = next;
      while (listener && waiting.length > 0) listener(waiting.shift());
    },
    onClose: (onClose) => (closed ? onClose() : void closeListeners.push(onClose)),
    close() {
      closed = true;
      for (const onClose of closeListeners.splice(0)) onClose();
    },
  };
}
