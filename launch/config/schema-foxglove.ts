/** The Foxglove server in a launch file: where it listens, who may command, whose pages may look. */
import * as z from "zod";
import { about, ENV_REFERENCE } from "./schema-terms.ts";

export const foxgloveSchema = z
  .strictObject({
    host: z.enum(["127.0.0.1", "::1", "localhost"]).default("127.0.0.1").meta(about("Loopback only; use a tunnel to look from elsewhere")),
    port: z.int().min(0).max(65_535).default(8765).meta(about("TCP port, 0 for any free one")),
    token: z
      .string()
      .min(16)
      .max(256)
      .optional()
      .meta(
        about(
          `Secret that the address of whoever commands carries (?token=...), at least 16 characters; write ${ENV_REFERENCE}. Without one, a new one is made at every start`,
        ),
      ),
    origins: z
      .array(z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^/\s]*$/, "scheme://host, such as https://app.foxglove.dev, without a path"))
      .max(16)
      .default([])
      .meta(about("Sites whose pages may connect; programs need none. Every page of such a site sees what the cameras see")),
  })
  .meta(about("Let Foxglove and Lichtblick look and command, over their WebSocket protocol; left out, there is none"));

export type FoxgloveSection = z.output<typeof foxgloveSchema>;
