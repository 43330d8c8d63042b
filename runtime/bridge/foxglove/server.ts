/** The Foxglove WebSocket server: loopback only, every program of this machine may look, only the bearer of the token may command. It writes no log. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { createAllowance } from "../../core/allowance.ts";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import { type Admission, admit, chooseProtocol, type Rules } from "./admission.ts";
import { MESSAGE_BYTES_MAX, readClientMessage } from "./client-message.ts";
import { type Conversation, type ConversationOptions, createConversation } from "./conversation.ts";
import { createLine, type Line } from "./line.ts";

export interface FoxgloveServerOptions extends ConversationOptions, Rules {
  readonly host: "127.0.0.1" | "::1" | "localhost";
  /** 0 takes any free port. */
  readonly port: number;
  /** The last client that might command is gone. */
  readonly onCommandersGone: () => void;
  readonly stopwatch: Clock;
  /** Sentences for people. */
  readonly say: (text: string) => void;
}

export interface FoxgloveServer extends Pick<Conversation, "isHeard" | "send" | "tellTime" | "tellPlayback">, AsyncDisposable {
  /** Without the token. */
  readonly url: string;
  readonly clientCount: number;
  /** Messages that clients missed, those that are gone too. */
  readonly missed: number;
}

export const CLIENTS_MAX = 16;
/** Messages of one client: so many a second, and so many at once. */
const RATE = { perS: 50, burst: 200 } as const;
/** Whoever asks more slowly is dropped, looked at once a second; lines that have been let in are not. */
const SLOW = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 } as const;
/** Open at the same time, those that have not said what they want with them. */
const CONNECTIONS_MAX = 64;
/** A page that is refused is told of once; so many are remembered. */
const STRANGERS_MAX = 16;
const NO_NAMES: ReadonlySet<string> = new Set();

/** Throws AgentError `bridge.failed` when the port cannot be had. */
export async function openFoxgloveServer(options: FoxgloveServerOptions): Promise<FoxgloveServer> {
  const { stopwatch } = options;
  const conversation = createConversation(options);
  const lines = new Set<Line>();
  const gone = { missed: 0 };
  const admissions = new WeakMap<IncomingMessage, Admission>();
  const sayStranger = tellOnce(options.say);

  const http = createServer(
    SLOW,
    (_, response) => void response.writeHead(426, { "content-type": "text/plain" }).end("Foxglove's WebSocket protocol is spoken here\n"),
  );
  http.maxConnections = CONNECTIONS_MAX;
  const sockets = new WebSocketServer({
    server: http,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => chooseProtocol(offered) ?? false,
    verifyClient({ req }: { req: IncomingMessage }, answer: (ok: boolean, status?: number, why?: string) => void) {
      const { host, origin, "sec-websocket-protocol": protocols } = req.headers;
      const admission = admit({ host, origin, protocols, path: req.url ?? "" }, options);
      if (admission.kind === "refused") {
        if (origin !== undefined) sayStranger(origin, admission.why);
        return answer(false, admission.status, admission.why);
      }
      if (lines.size >= CLIENTS_MAX) return answer(false, 503, `at most ${CLIENTS_MAX} clients at once; close one`);
      admissions.set(req, admission);
      return answer(true);
    },
  });
  sockets.on("error", () => {}); // Of the port, which `listen` tells.
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    const admission = admissions.get(request);
    const line = createLine(socket, admission?.kind === "admitted" && admission.mayCommand, stopwatch);
    const allowance = createAllowance({ clock: stopwatch, ...RATE });
    lines.add(line);
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      lines.delete(line);
      gone.missed += line.missed;
      conversation.leave(line);
      if (line.mayCommand && ![...lines].some(({ mayCommand }) => mayCommand)) options.onCommandersGone();
    });
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (!allowance.take(1)) return line.letGo(1008, `more than ${RATE.perS} messages a second`);
      const read = readClientMessage(data, isBinary, options.parameters?.names ?? NO_NAMES);
      const why = read.kind === "refused" ? read.why : read.kind === "playback" ? conversation.hearPlayback(read.request) : null;
      if (why !== null) line.tell("error", why);
      else if (read.kind === "heard") conversation.hear(line, read);
      return undefined;
    });
    conversation.join(line, "client");
  });
  const port = await listen(http, options);
  return {
    url: `ws://${options.host === "::1" ? "[::1]" : options.host}:${port}`,
    isHeard: conversation.isHeard,
    send: conversation.send,
    tellTime: conversation.tellTime,
    tellPlayback: conversation.tellPlayback,
    get clientCount() {
      return lines.size;
    },
    get missed() {
      return [...lines].reduce((sum, line) => sum + line.missed, gone.missed);
    },
    async [Symbol.asyncDispose]() {
      for (const line of lines) line.letGo(1001, "the agent has ended");
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

function listen(http: Server, { host, port }: Pick<FoxgloveServerOptions, "host" | "port">): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (cause: NodeJS.ErrnoException) => {
      const remedy = "end the program that has it, or take any free one with foxglove.port:=0";
      reject(
        new AgentError("bridge.failed", `foxglove.port: cannot listen on ${host}:${port} (${cause.code ?? cause.message}); ${remedy}`, {
          cause,
        }),
      );
    });
    http.listen(port, host, () => {
      const address = http.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Says a thing once for each whom it concerns. */
function tellOnce(say: (text: string) => void): (whom: string, text: string) => void {
  const told = new Set<string>();
  return (whom, text) => {
    if (told.has(whom) || told.size >= STRANGERS_MAX) return;
    told.add(whom);
    say(text);
  };
}
