/** What every page's server does: listen on loopback and answer nobody but the page of this very address. */
import type { FastifyInstance } from "fastify";
import { AgentError } from "../core/errors.ts";

/** Only pages of this very address may talk to it: no other site's script, no other host name that resolves to loopback. */
export function refuseStrangers(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const { host = "", origin } = request.headers;
    const isHere = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/.test(host);
    if (isHere && (origin === undefined || origin === `http://${host}`)) return undefined;
    return reply.code(403).send({ refused: `requests from ${origin ?? host} are not taken; open the address that was printed` });
  });
}

/** Returns the port. Throws AgentError `dashboard.port` when it cannot be had. */
export async function listen(app: FastifyInstance, { host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const remedy = "end the program that has it, or take any free one with dashboard.port:=0";
    throw new AgentError("dashboard.port", `dashboard.port: cannot listen on ${host}:${port} (${why}); ${remedy}`, { cause });
  }
  const address = app.server.address();
  return typeof address === "object" && address ? address.port : port;
}
