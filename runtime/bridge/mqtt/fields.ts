/** Words that every message uses: names, times, counts, each with its bounds. */
import * as z from "zod";
import { utcMsOf } from "../../core/clock.ts";
import { levelSchema, PROTOCOL_VERSION } from "./topics.ts";

export const about = (description: string) => ({ description });

export const utc = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/, "ISO 8601 with seconds and Z or an offset")
  .refine((text) => Number.isFinite(utcMsOf(text)), "is no time of the calendar");

/** Text for people, cut where it would make a message large. */
const TEXT_MAX = 2000;
export const text = z.string().max(TEXT_MAX);
export const cut = (long: string): string => (long.length <= TEXT_MAX ? long : `${long.slice(0, TEXT_MAX - 3)}...`);

export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, "1 to 64 letters, digits, dots, colons, dashes and underscores");
export const commander = levelSchema.meta(about("Who gives the command, as the launch file of the robot names it"));
export const count = z.int().min(0);
export const vec3 = z.tuple([z.number(), z.number(), z.number()]);

/** What every message of a robot begins with. */
export const header = {
  headerId: count.meta(about("Counts the messages of this topic since the agent started (count)")),
  timestamp: utc.meta(about("When it was made, by the robot's clock (ISO 8601, UTC)")),
  version: z.literal(PROTOCOL_VERSION).meta(about("Version of the protocol")),
  site: levelSchema.meta(about("As in the topic")),
  robot: levelSchema.meta(about("As in the topic")),
  sessionId: id.meta(about("New at every start of the agent: what was known of an older one is void")),
};
