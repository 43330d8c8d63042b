/** The live page of a training: its curves and the time left, on loopback; it only shows. */
import fastify from "fastify";
import { SystemClock } from "../core/clock.ts";
import type { GrowingCurves } from "./curves.ts";
import { limitRequests, listen, refuseStrangers, SERVER } from "./loopback.ts";
import { PAGE_SITE, serveJson, serveSite } from "./site.ts";

export interface TrainingPage extends AsyncDisposable {
  readonly url: string;
}

/** Throws AgentError `dashboard.port` when the port cannot be had. */
export async function openTrainingPage({
  curves,
  port,
}: {
  readonly curves: Pick<GrowingCurves, "all">;
  readonly port: number;
}): Promise<TrainingPage> {
  const app = fastify(SERVER);
  refuseStrangers(app);
  limitRequests(app, new SystemClock());
  serveSite(app, PAGE_SITE);
  serveJson(app, "/views.json", ["training"]);
  app.get("/curves", async (_, reply) => reply.header("cache-control", "no-store").send(curves.all()));
  const taken = await listen(app, { host: "127.0.0.1", port });
  return { url: `http://127.0.0.1:${taken}/`, [Symbol.asyncDispose]: () => app.close() };
}
