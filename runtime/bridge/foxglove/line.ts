/** The line to one client: what it has not read yet is bounded; one that reads too slowly misses messages, is told how many, and is let go when it stays behind. */
import type { IWebSocket, StatusMessage } from "@foxglove/ws-protocol";
import { type Clock, nsToMs } from "../../core/clock.ts";

/** A client with more unread gets no messages of topics, and with much more nothing at all. */
export const BEHIND_BYTES = { messages: 2_000_000, all: 48_000_000 } as const;
/** A client that is behind for longer is let go, milliseconds. */
export const BEHIND_MS_MAX = 10_000;
/** It is told what it missed at most this often, milliseconds. */
const TELL_MS = 1000;
/** A client that is let go has this long to say goodbye, milliseconds. */
const GOODBYE_MS = 300;
/** First bytes of binary messages that a later one makes worthless: data of a topic, and the time. */
const PERISHABLE: ReadonlySet<number> = new Set([1, 2]);

/** The part of a WebSocket that is used here. */
export interface LineSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface Line extends IWebSocket {
  readonly mayCommand: boolean;
  /** Messages that were left out since it connected. */
  readonly missed: number;
  tell(level: "warning" | "error", message: string, id?: string): void;
  /** It hears why, then no more. */
  letGo(code: number, why: string): void;
}

type Data = Parameters<IWebSocket["send"]>[0];

export function createLine(socket: LineSocket, mayCommand: boolean, stopwatch: Clock): Line {
  let missed = 0;
  let told = { missed: 0, atNs: stopwatch.nowNs() };
  let behindSinceNs: bigint | null = null;
  let isOver = false;

  const sendText = (message: StatusMessage): void => {
    if (!isOver) socket.send(JSON.stringify(message));
  };
  const tell: Line["tell"] = (level, message, id) =>
    sendText({ op: "status", level: level === "error" ? 2 : 1, message, ...(id === undefined ? {} : { id }) });
  const letGo: Line["letGo"] = (code, why) => {
    if (isOver) return;
    tell("error", why);
    isOver = true;
    socket.close(code, why);
    void stopwatch.sleep(GOODBYE_MS).then(() => socket.terminate()); // A client that does not read does not say goodbye either.
  };
  const tellMissed = (nowNs: bigint): void => {
    if (missed === told.missed || nsToMs(nowNs - told.atNs) < TELL_MS) return;
    tell("warning", `${missed} messages were left out since you connected: you read too slowly; subscribe to less`, "missed");
    told = { missed, atNs: nowNs };
  };
  const isTooFarBehind = (nowNs: bigint): boolean => {
    behindSinceNs ??= nowNs;
    return nsToMs(nowNs - behindSinceNs) > BEHIND_MS_MAX;
  };
  return {
    binaryType: "arraybuffer",
    protocol: "",
    onerror: null,
    onopen: null,
    onclose: null,
    onmessage: null,
    mayCommand,
    get missed() {
      return missed;
    },
    tell,
    letGo,
    close: () => letGo(1000, "closed"),
    // One parameter only: the library sends header and data apart where there is a second.
    send(data: Data) {
      if (isOver) return;
      const bytes = typeof data === "string" ? data : bytesOf(data);
      if (typeof bytes === "string" || !PERISHABLE.has(bytes[0] ?? 0)) {
        if (socket.bufferedAmount > BEHIND_BYTES.all) letGo(1013, "more waits for you than is kept; read faster, or subscribe to less");
        else socket.send(bytes);
        return;
      }
      const nowNs = stopwatch.nowNs();
      if (socket.bufferedAmount > BEHIND_BYTES.messages) {
        missed++;
        if (isTooFarBehind(nowNs))
          letGo(1013, `you were behind for more than ${BEHIND_MS_MAX / 1000} s; connect anew, and subscribe to less`);
        return;
      }
      behindSinceNs = null;
      tellMissed(nowNs);
      socket.send(bytes);
    },
  };
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
