/** The live page of a training: loss curves and time left, on loopback; it only shows. */
import fastify from "fastify";
import { SystemClock } from "../core/clock.ts";
import { limitRequests, listen, refuseStrangers } from "./loopback.ts";
import { serveSite, TRAINING_SITE } from "./site.ts";

/** One point of a curve, as the trainer reports it. */
export interface TrainingPoint {
  readonly phase: string;
  readonly step: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Share of the phase's budget, 0..1. */
  readonly progress: number;
  /** Of the phase, seconds; null before it is known. */
  readonly leftS: number | null;
}

export interface TrainingPage extends AsyncDisposable {
  readonly url: string;
  show(point: TrainingPoint): void;
}

/** Points kept for each phase; every second one goes when there are more. */
const POINTS_MAX = 1_000;

/** Throws AgentError `dashboard.port` when the port cannot be had. */
export async function openTrainingPage({ title, port }: { readonly title: string; readonly port: number }): Promise<TrainingPage> {
  const phases = new Map<string, TrainingPoint[]>();
  const app = fastify({ forceCloseConnections: true });
  refuseStrangers(app);
  limitRequests(app, new SystemClock());
  serveSite(app, TRAINING_SITE);
  app.get("/curves", async (_, reply) => reply.header("cache-control", "no-store").send({ title, phases: Object.fromEntries(phases) }));
  const taken = await listen(app, { host: "127.0.0.1", port });
  return {
    url: `http://127.0.0.1:${taken}/`,
    show(point) {
      const points = [...(phases.get(point.phase) ?? []), point];
      phases.set(point.phase, points.length > POINTS_MAX ? points.filter((_, i) => i % 2 === 1) : points);
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
