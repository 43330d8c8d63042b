/** The live page's server: loopback only, everybody on this machine may look, only the bearer of the token may command. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import { packageRoot } from "../core/package-root.ts";
import type { CameraSpec, Frame, Tick } from "../core/types.ts";
import { type PageMessage, pictureMessage, tickMessage } from "./messages.ts";

const commands = ["start", "stop", "hold", "resume", "reset"] as const;
export type PageCommand = (typeof commands)[number];

export interface DashboardOptions {
  readonly host: "127.0.0.1" | "::1" | "localhost";
  /** 0 takes any free port. */
  readonly port: number;
  /** Needed for commands; a fresh random one when absent. */
  readonly token?: string;
  readonly title: string;
  readonly cameras: readonly CameraSpec[];
  /** Null when done, else why not. */
  readonly onCommand: (command: PageCommand) => string | null;
}

export interface Dashboard extends AsyncDisposable {
  /** With the token in the fragment, which browsers never send. */
  readonly url: string;
  showGoal(frames: readonly Frame[]): void;
  showFrames(frames: readonly Frame[]): void;
  showTick(tick: Tick): void;
  showState(state: { readonly agent: string; readonly task: string; readonly skill: string; readonly reason: string }): void;
}

/** A page that reads slower than this many bytes behind misses pictures, never queues them. */
const BACKLOG_BYTES_MAX = 1_000_000;
const VIEWERS_MAX = 16;

/** Throws AgentError `dashboard.port` when the port cannot be had. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const token = options.token ?? randomBytes(18).toString("base64url");
  const latest = new Map<string, PageMessage>();
  const viewers = new Set<{ send(text: string): void; bufferedAmount: number }>();
  const say = (message: PageMessage): void => {
    latest.set(message.type, message);
    const text = JSON.stringify(message);
    for (const viewer of viewers) if (viewer.bufferedAmount < BACKLOG_BYTES_MAX) viewer.send(text);
  };
  say({
    type: "hello",
    title: options.title,
    cameras: options.cameras.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx })),
  });

  const app = fastify({ bodyLimit: 1024, forceCloseConnections: true });
  await app.register(websocket);
  refuseStrangers(app);
  serveFiles(app);
  app.get("/live", { websocket: true }, (socket) => {
    if (viewers.size >= VIEWERS_MAX) return socket.close(1013, `at most ${VIEWERS_MAX} pages at once`);
    viewers.add(socket);
    for (const message of latest.values()) socket.send(JSON.stringify(message));
    socket.on("close", () => viewers.delete(socket));
    socket.on("error", () => viewers.delete(socket));
  });
  app.post("/command", async (request, reply) => {
    if (!bears(request.headers.authorization, token))
      return reply.code(401).send({ refused: "this command needs the token of the address that was printed" });
    const checked = z.strictObject({ command: z.enum(commands) }).safeParse(request.body);
    if (!checked.success) return reply.code(400).send({ refused: `send {"command": one of ${commands.join(", ")}}` });
    const refused = options.onCommand(checked.data.command);
    return reply.code(refused === null ? 200 : 409).send({ refused });
  });
  const port = await listen(app, options);
  return {
    url: `http://${options.host === "::1" ? "[::1]" : options.host}:${port}/#token=${token}`,
    showGoal: (frames) => say({ type: "goal", pictures: frames.map(pictureMessage) }),
    showFrames: (frames) => say({ type: "frames", pictures: frames.map(pictureMessage) }),
    showTick: (tick) => say(tickMessage(tick, options.cameras)),
    showState: (state) => say({ type: "state", ...state }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Only pages of this very address may talk to it: no other site's script, no other host name that resolves to loopback. */
function refuseStrangers(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const host = request.headers.host ?? "";
    const name = host.replace(/:\d+$/, "");
    const origin = request.headers.origin;
    const fromHere = ["127.0.0.1", "localhost", "[::1]"].includes(name) && (origin === undefined || origin === `http://${host}`);
    if (!fromHere) return reply.code(403).send({ refused: `requests from ${origin ?? host} are not taken; open the printed address` });
  });
}

function serveFiles(app: FastifyInstance): void {
  const here = join(packageRoot, "runtime/dashboard/public");
  const plots = dirname(createRequire(import.meta.url).resolve("uplot/dist/uPlot.esm.js"));
  const files = {
    "/": [here, "index.html", "text/html"],
    "/page.js": [here, "page.js", "text/javascript"],
    "/style.css": [here, "style.css", "text/css"],
    "/uplot.js": [plots, "uPlot.esm.js", "text/javascript"],
    "/uplot.css": [plots, "uPlot.min.css", "text/css"],
  } as const;
  const policy =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws:; frame-ancestors 'none'";
  for (const [route, [folder, file, type]] of Object.entries(files)) {
    const content = readFileSync(join(folder, file));
    app.get(route, async (_, reply) => reply.type(`${type}; charset=utf-8`).header("content-security-policy", policy).send(content));
  }
}

function bears(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function listen(app: FastifyInstance, { host, port }: DashboardOptions): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    await app.close();
    throw new AgentError(
      "dashboard.port",
      `page: cannot listen on ${host}:${port} (${why}); free it, or choose another with dashboard.port:=0`,
      { cause },
    );
  }
  const address = app.server.address();
  return typeof address === "object" && address ? address.port : port;
}
