/** What every page's server does: listen on loopback, answer nobody but the page of this very address, and not without bound. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { createAllowance } from "../core/allowance.ts";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";

/** Of a request, and of a message over a socket. */
export const BODY_BYTES_MAX = 1024;
/** A page loads two dozen files: enough for every page there may be to be opened at once. */
const REQUESTS = { burst: 600, perS: 60 };
/** Open at the same time: a browser takes six, and as many sockets as there are pages. */
const CONNECTIONS_MAX = 128;
/** Whoever sends a request more slowly than this is dropped. */
const REQUEST_MS_MAX = 10_000;

/** Of every page's server. Whether a request is too slow is looked at once a second; Node's own pace is half a minute. */
export const SERVER = { bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true, http: { connectionsCheckingInterval: 1000 } } as const;

/** Only pages of this very address may talk to it: no other site's script, no other host name that resolves to loopback. */
export function refuseStrangers(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const { host = "", origin } = request.headers;
    const isHere = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/.test(host);
    if (isHere && (origin === undefined || origin === `http://${host}`)) return undefined;
    return reply.code(403).send({ refused: `requests from ${origin ?? host} are not taken; open the address that was printed` });
  });
}

/** Bounds on requests and connections, and an answer in our own words to what is refused; a bug ends the process. */
export function limitRequests(app: FastifyInstance, clock: Clock): void {
  app.server.maxConnections = CONNECTIONS_MAX;
  app.server.requestTimeout = REQUEST_MS_MAX;
  app.server.headersTimeout = REQUEST_MS_MAX;
  app.removeContentTypeParser(["text/plain", "application/json"]);
  app.addContentTypeParser("application/json", { parseAs: "string" }, async (_: unknown, text: string | Buffer) => readBody(`${text}`));
  const allowance = createAllowance({ clock, ...REQUESTS });
  app.addHook("onRequest", async ({ method }, reply) => (method === "POST" || allowance.take(1) ? undefined : tooMany(reply)));
  app.setErrorHandler((error: { readonly statusCode?: number; readonly message?: string }, _, reply) => {
    const code = error.statusCode ?? 500;
    if (code < 500)
      return reply.code(code).send({ refused: `a request is at most ${BODY_BYTES_MAX} bytes of application/json, no key twice` });
    setImmediate(() => {
      throw error; // A bug, not the viewer's doing: it must not end as a line in a reply.
    });
    return reply.code(500).send({ refused: "the agent has a bug and ends" });
  });
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ refused: "there is nothing of that name here" }));
}

/** SAFETY: of a command that is there twice the last would win, as stop and then start. Throws what is answered with 400. */
function readBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw Object.assign(new SyntaxError((cause as Error).message), { statusCode: 400 });
  }
}

export const tooMany = (reply: FastifyReply): FastifyReply =>
  reply.code(429).header("retry-after", "1").send({ refused: "too many requests; wait a second. Stop and hold are always taken" });

/** Returns the port; `key` is where a launch file names it. Throws AgentError `dashboard.port` when it cannot be had. */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  key = "dashboard.port",
): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const remedy = "end the program that has it, or take any free one with";
    throw new AgentError("dashboard.port", `the page cannot listen on ${host}:${port} (${why}); ${remedy} ${key}:=0`, { cause });
  }
  const address = app.server.address();
  return typeof address === "object" && address ? address.port : port;
}
