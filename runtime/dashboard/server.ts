/** The live page's server: loopback only, everybody on this machine may look, only the bearer of the token may command. It writes no log. */
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { checkCamera } from "../core/projection.ts";
import { checkToken, newToken, sameSecret } from "../core/secret.ts";
import type { CameraSpec, Frame } from "../core/sensing.ts";
import { OPERATOR_COMMANDS, type OperatorCommand } from "../core/supervision.ts";
import type { Tick } from "../core/tick.ts";
import { createAudience } from "./audience.ts";
import { listen, refuseStrangers } from "./loopback.ts";
import { pictureMessage, rowOf, type StateLine, type TickMessage, tickMessage } from "./messages.ts";
import { AGENT_SITE, serveSite } from "./site.ts";

const commands = OPERATOR_COMMANDS;
export type PageCommand = OperatorCommand;

export interface DashboardOptions {
  readonly host: "127.0.0.1" | "::1" | "localhost";
  /** 0 takes any free port. */
  readonly port: number;
  /** Needed for commands, 16 to 256 printable ASCII characters; a fresh random one when absent. */
  readonly token?: string;
  readonly title: string;
  readonly cameras: readonly CameraSpec[];
  /** Null when done, else why not. */
  readonly onCommand: (command: PageCommand) => string | null;
}

export interface Dashboard extends AsyncDisposable {
  /** With the token in the fragment, which browsers never send. Whoever has it may command. */
  readonly url: string;
  showGoal(frames: readonly Frame[]): void;
  showFrames(frames: readonly Frame[]): void;
  showTick(tick: Tick): void;
  showState(state: StateLine): void;
}

/** Decisions that a page which opens or comes back gets to see. */
const HISTORY_MAX = 600;
const BODY_BYTES_MAX = 1024;

/** Throws AgentError `dashboard.port` when the port cannot be had, `launch.invalid` for a token or camera that cannot be. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { title, cameras } = options;
  const token = checkToken("dashboard.token", options.token ?? newToken());
  cameras.forEach(checkCamera);
  const ticks: TickMessage[] = [];
  let shownCount = 0;
  const audience = createAudience(() => ({
    type: "hello",
    title,
    cameras: cameras.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx })),
    history: ticks.slice(0, -1).map(rowOf),
  }));
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  await app.register(websocket, { options: { maxPayload: BODY_BYTES_MAX }, preClose: dropViewers });
  refuseStrangers(app);
  serveSite(app, AGENT_SITE);
  serveCommands(app, token, options.onCommand);
  app.get("/live", { websocket: true }, (socket) => audience.join(socket));
  const port = await listen(app, options);
  return {
    url: `http://${options.host === "::1" ? "[::1]" : options.host}:${port}/#token=${encodeURIComponent(token)}`,
    showGoal: (frames) => audience.tell({ type: "goal", pictures: frames.map(pictureMessage) }),
    showFrames: (frames) => audience.tell({ type: "frames", pictures: frames.map(pictureMessage) }),
    showTick(tick) {
      const message = tickMessage(tick, cameras, shownCount++);
      ticks.push(message);
      if (ticks.length > HISTORY_MAX) ticks.shift();
      audience.tell(message);
    },
    showState: (state) => audience.tell({ type: "state", ...state }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

function serveCommands(app: FastifyInstance, token: string, onCommand: DashboardOptions["onCommand"]): void {
  const body = z.strictObject({ command: z.enum(commands) });
  const malformed = { refused: `a command is {"command": one of ${commands.join(", ")}} as application/json` };
  app.setErrorHandler((error: { readonly statusCode?: number }, _, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) return reply.code(error.statusCode).send(malformed);
    setImmediate(() => {
      throw error; // A bug, not the viewer's doing: it must not end as a line in a reply.
    });
    return reply.code(500).send({ refused: "the agent has a bug and ends" });
  });
  app.post(
    "/command",
    {
      onRequest: async (request, reply) => {
        if (bears(request.headers.authorization, token)) return undefined;
        return reply.code(401).send({ refused: "commands need the token; open the address that was printed at the start" });
      },
    },
    async (request, reply) => {
      const checked = body.safeParse(request.body);
      if (!checked.success) return reply.code(400).send(malformed);
      const refused = onCommand(checked.data.command);
      return reply.code(refused === null ? 200 : 409).send({ refused });
    },
  );
}

/** The scheme in any case, one space or more, the token (RFC 9110, 11.1 and 11.4). */
function bears(authorization: string | undefined, token: string): boolean {
  return sameSecret(/^bearer +(.*)$/i.exec(authorization ?? "")?.[1] ?? "", token);
}

/** Does not wait for a page to say goodbye: one that hangs would hold up the end for half a minute. */
function dropViewers(this: FastifyInstance, done: () => void): void {
  for (const socket of this.websocketServer.clients) {
    socket.close(1001, "the agent has ended");
    socket.terminate();
  }
  this.websocketServer.close();
  done();
}
