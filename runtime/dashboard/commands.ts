/** What whoever bears the token may tell the agent: POST requests of a few bytes, checked, answered with null or a sentence why not. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { createAllowance } from "../core/allowance.ts";
import { placeIn } from "../core/bounds.ts";
import type { Clock } from "../core/clock.ts";
import { PAYLOAD_KG_MAX, type ToolLimits } from "../core/desk.ts";
import { AXIS_NAMES, type AxisName } from "../core/model.ts";
import type { RecordingWish } from "../core/recording.ts";
import { sameSecret } from "../core/secret.ts";
import { OPERATOR_COMMANDS, type OperatorCommand } from "../core/supervision.ts";
import type { Vec3 } from "../core/vec3.ts";
import { tooMany } from "./loopback.ts";

/** A goal from the page: a place, or the picture of now. */
export type PageGoal = { readonly kind: "tool" | "object"; readonly positionM: Vec3 } | { readonly kind: "image"; readonly source: "now" };

/** One press of a button that is held: it moves a joint, or the tool along an axis, a little, and ends at rest. */
export type PageJog = ({ readonly joint: string } | { readonly axis: AxisName }) & { readonly direction: -1 | 1 };

/** Where to look in a recording. */
export type PageSeek =
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  | { readonly kind: "seek"; readonly atS: number }
  | { readonly kind: "rate"; readonly times: number };

/** What the page asks for of these counts; what is left out stays. */
export interface PageLimits extends Partial<ToolLimits> {
  /** Of every motion, 0.05..1. */
  readonly speedShare?: number | undefined;
}

const PAGE_RECORDINGS = ["start", "stop"] as const satisfies readonly RecordingWish[];
export type PageRecording = (typeof PAGE_RECORDINGS)[number];

/** Null when done, else why not. */
type Refusal = string | null | Promise<string | null>;

export interface PageOrders {
  command(command: OperatorCommand): Refusal;
  /** What the next start is to bring about. */
  goal?(goal: PageGoal): Refusal;
  jog?(jog: PageJog): Refusal;
  /** Of a recording: when to look at. */
  playback?(seek: PageSeek): Refusal;
  /** Slower, or reckoned heavier, from the next decision on; never looser than the launch file. */
  limit?(limits: PageLimits): Refusal;
  /** One of the tasks that come before the one in hand, by name. */
  urgent?(name: string): Refusal;
  /** The newest seconds that the recorder keeps. */
  save?(): Refusal;
  /** A recording from now on, or its end. */
  record?(what: PageRecording): Refusal;
}

const direction = z.union([z.literal(-1), z.literal(1)]);
const ORDERS = {
  command: {
    body: z.strictObject({ command: z.enum(OPERATOR_COMMANDS) }),
    form: `a command is {"command": one of ${OPERATOR_COMMANDS.join(", ")}}`,
  },
  goal: {
    body: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.enum(["tool", "object"]), positionM: placeIn }),
      z.strictObject({ kind: z.literal("image"), source: z.literal("now") }),
    ]),
    form: 'a goal is {"kind": "tool" or "object", "positionM": [x, y, z] in metres} or {"kind": "image", "source": "now"}',
  },
  jog: {
    body: z.union([
      z.strictObject({ joint: z.string().min(1).max(64), direction }),
      z.strictObject({ axis: z.enum(AXIS_NAMES), direction }),
    ]),
    form: `a jog is {"joint": its name or "axis": one of ${AXIS_NAMES.join(", ")}, "direction": 1 or -1}`,
  },
  playback: {
    body: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.enum(["play", "pause"]) }),
      z.strictObject({ kind: z.literal("seek"), atS: z.number().min(0).max(1e7) }),
      z.strictObject({ kind: z.literal("rate"), times: z.number().min(0.1).max(20) }),
    ]),
    form: 'playback is {"kind": "play" or "pause"}, {"kind": "seek", "atS": seconds} or {"kind": "rate", "times": 0.1 to 20}',
  },
  limit: {
    body: z.strictObject({
      speedShare: z.number().min(0.05).max(1).exactOptional(),
      maxToolSpeedMPerS: z.number().positive().exactOptional(),
      payloadKg: z.number().min(0).max(PAYLOAD_KG_MAX).exactOptional(),
    }),
    form: `a limit is {"speedShare": 0.05 to 1, "maxToolSpeedMPerS": m/s, "payloadKg": 0 to ${PAYLOAD_KG_MAX} kg}, any of them`,
  },
  urgent: { body: z.strictObject({ name: z.string().min(1).max(64) }), form: 'an urgent task is {"name": its name in the launch file}' },
  save: { body: z.strictObject({}), form: "saving is {}" },
  record: { body: z.strictObject({ what: z.enum(PAGE_RECORDINGS) }), form: `recording is {"what": one of ${PAGE_RECORDINGS.join(", ")}}` },
} as const;

/** SAFETY: however much is asked, these are never refused for it. */
const ALWAYS: readonly OperatorCommand[] = ["stop", "hold"];

interface OrdersOptions {
  readonly token: string;
  readonly orders: PageOrders;
  readonly clock: Clock;
}

/** Of all bearers together, stop and hold not counted. */
const RATE = { burst: 60, perS: 20 };

export function serveOrders(app: FastifyInstance, { token, orders, clock }: OrdersOptions): void {
  const allowance = createAllowance({ clock, ...RATE });
  const onRequest = refuseWithoutToken(token);
  const serve = <Name extends keyof PageOrders & keyof typeof ORDERS>(
    name: Name,
    carryOut: ((body: z.output<(typeof ORDERS)[Name]["body"]>) => Refusal) | undefined,
  ): void => {
    const { body, form } = ORDERS[name];
    app.post(`/${name}`, { onRequest }, async (request, reply) => {
      const checked = body.safeParse(request.body);
      if (!checked.success) return reply.code(400).send({ refused: form });
      const asked = checked.data as z.output<(typeof ORDERS)[Name]["body"]>;
      if (!("command" in asked && ALWAYS.includes(asked.command)) && !allowance.take(1)) return tooMany(reply);
      if (!carryOut) return reply.code(409).send({ refused: `this agent takes no ${name} from the page` });
      const refused = await carryOut(asked);
      return reply.code(refused === null ? 200 : 409).send({ refused });
    });
  };
  serve("command", ({ command }) => orders.command(command));
  serve("goal", orders.goal?.bind(orders));
  serve("jog", orders.jog?.bind(orders));
  serve("playback", orders.playback?.bind(orders));
  serve("limit", orders.limit?.bind(orders));
  serve("urgent", orders.urgent && (({ name }) => orders.urgent?.(name) ?? null));
  serve("save", orders.save && (() => orders.save?.() ?? null));
  serve("record", orders.record && (({ what }) => orders.record?.(what) ?? null));
}

/** To be asked before the body is read. */
export const refuseWithoutToken = (token: string) => async (request: FastifyRequest, reply: FastifyReply) => {
  if (bears(request.headers.authorization, token)) return undefined;
  return reply.code(401).send({ refused: "commands need the token; open the address that was printed at the start" });
};

/** The scheme in any case, one space or more, the token (RFC 9110, 11.1 and 11.4). */
const bears = (authorization: string | undefined, token: string): boolean =>
  sameSecret(/^bearer +(.*)$/i.exec(authorization ?? "")?.[1] ?? "", token);
