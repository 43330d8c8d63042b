/** The page of a fleet: every arm with state, task and picture, a stop for each and for all; the dashboard's rules of who may look and who may command. */
import { join } from "node:path";
import fastify from "fastify";
import * as z from "zod";
import type { Clock } from "../../runtime/core/clock.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { checkToken, newToken } from "../../runtime/core/secret.ts";
import { OPERATOR_COMMANDS, type OperatorCommand } from "../../runtime/core/supervision.ts";
import { refuseWithoutToken } from "../../runtime/dashboard/commands.ts";
import { limitRequests, listen, refuseStrangers, SERVER } from "../../runtime/dashboard/loopback.ts";
import { SHARED_SITE, serveSite } from "../../runtime/dashboard/site.ts";
import type { FleetSection } from "../config/schema-fleet.ts";
import type { ArmRow, Board } from "./board.ts";

export interface FleetPageOptions {
  readonly section: FleetSection["page"];
  readonly title: string;
  readonly board: Board;
  /** Null when the arm has accepted it, else why not. */
  readonly command: (arm: string, command: OperatorCommand) => Promise<string | null>;
  /** Bounds the rate of requests. */
  readonly clock: Clock;
}

export interface FleetPage extends AsyncDisposable {
  /** With the token in the fragment, which browsers never send. Whoever has it may command. */
  readonly url: string;
}

const folder = join(packageRoot, "launch/fleet/public");
const FLEET_SITE = {
  "/": [folder, "fleet.html"],
  "/fleet.js": [folder, "fleet.js"],
  "/fleet.css": [folder, "fleet.css"],
  ...SHARED_SITE,
} as const;
const LIVE = { "cache-control": "no-store", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin" } as const;
const body = z.strictObject({ arm: z.string().max(64).nullable(), command: z.enum(OPERATOR_COMMANDS) });
const FORM = `a command is {"arm": its name, or null for all, "command": one of ${OPERATOR_COMMANDS.join(", ")}}`;

/** Where a command to all has nothing to do. */
const DONE_ALREADY: Readonly<Partial<Record<OperatorCommand, readonly string[]>>> = {
  stop: ["stopped", "faulted"],
  reset: ["idle", "running", "holding"],
  start: ["running", "holding"],
};
/** SAFETY: an arm that is not heard of may move for all we know, so it is told too. */
const isIdleFor = (command: OperatorCommand, { link, agent }: ArmRow): boolean =>
  link === "offline" || (link === "online" && (DONE_ALREADY[command]?.includes(agent) ?? false));

/** Throws AgentError `dashboard.port` when the port cannot be had, `launch.invalid` for a token that cannot be. */
export async function openFleetPage({ section, title, board, command, clock }: FleetPageOptions): Promise<FleetPage> {
  const token = checkToken("fleet.page.token", section.token ?? newToken());
  const app = fastify(SERVER);
  refuseStrangers(app);
  limitRequests(app, clock);
  serveSite(app, FLEET_SITE);
  app.get("/arms", async (_, reply) => reply.headers(LIVE).send({ title, arms: board.rows }));
  app.get<{ Params: { name: string } }>("/picture/:name", async ({ params }, reply) => {
    const picture = board.thumbnail(params.name);
    if (!picture) return reply.code(404).send({ refused: "there is no picture of that arm" });
    return reply.headers({ ...LIVE, "content-type": "image/jpeg" }).send(picture.jpeg);
  });
  app.post("/command", { onRequest: refuseWithoutToken(token) }, async (request, reply) => {
    const read = body.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ refused: FORM });
    const { arm, command: asked } = read.data;
    const rows = board.rows.filter((row) => (arm === null ? !isIdleFor(asked, row) : row.name === arm));
    if (rows.length === 0 && arm !== null) return reply.code(404).send({ refused: "there is no arm of that name" });
    const refusals = await Promise.all(rows.map(async ({ name }) => ({ name, why: await command(name, asked) })));
    const refused = refusals.flatMap(({ name, why }) => (why === null ? [] : [`${name}: ${why}`])).join("; ");
    return reply.code(refused === "" ? 200 : 409).send({ refused: refused === "" ? null : refused });
  });
  const port = await listen(app, section, "fleet.page.port");
  return {
    url: `http://${section.host === "::1" ? "[::1]" : section.host}:${port}/#token=${encodeURIComponent(token)}`,
    [Symbol.asyncDispose]: () => app.close(),
  };
}
