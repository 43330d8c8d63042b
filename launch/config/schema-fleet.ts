/** Several arms from one launch file: what differs between them, and the page that lists them. */
import * as z from "zod";
import { levelSchema } from "../../runtime/bridge/mqtt/topics.ts";
import { about, ENV_REFERENCE } from "./schema-terms.ts";

/** Each is a process with a keeper and a world of its own. */
const ARMS_MAX = 16;

export const fleetSchema = z
  .strictObject({
    arms: z
      .record(levelSchema, z.array(z.string().min(4).max(500)).max(32))
      .refine((arms) => Object.keys(arms).length >= 1 && Object.keys(arms).length <= ARMS_MAX, `1 to ${ARMS_MAX} arms`)
      .meta(about("By name: how the arm differs from this file, in changes as on the command line, such as backend.sceneSeed:=2")),
    begin: z.boolean().default(true).meta(about("With mqtt.lifecycle ready: start every arm's task as soon as all are there")),
    page: z
      .strictObject({
        host: z.enum(["127.0.0.1", "::1", "localhost"]).default("127.0.0.1").meta(about("Loopback only")),
        port: z.int().min(0).max(65_535).default(8090).meta(about("TCP port, 0 for any free one")),
        token: z
          .string()
          .min(16)
          .max(256)
          .optional()
          .meta(about(`Secret that commands must carry; write ${ENV_REFERENCE}. Without one, a new one is made at every start`)),
      })
      .prefault({})
      .meta(about("The page that lists the arms, with a stop for each and for all")),
  })
  .nullable()
  .meta(about("Several arms at once, each a process of its own, on the embedded broker of mqtt; null or left out: one arm"));

export type FleetSection = NonNullable<z.output<typeof fleetSchema>>;
