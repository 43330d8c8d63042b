/** `record`: what of a run is kept, where, and when it stops. */
import * as z from "zod";
import { PICTURE_FORMATS } from "../../runtime/record/channels/picture-formats.ts";
import { about } from "./schema-terms.ts";

const file = z
  .string()
  .min(1)
  .meta(
    about("File for a recording of the run (MCAP), relative to where the command is started; foresight replay makes its decisions again"),
  );

const section = z.strictObject({
  file: file.optional(),
  folder: z
    .string()
    .min(1)
    .nullable()
    .default("recordings")
    .meta(
      about(
        "Where recordings go that somebody starts during the run, from the page or over MQTT or Foxglove; relative to where the command is started, made when it is needed; null: nobody starts any",
      ),
    ),
  pictures: z
    .enum(PICTURE_FORMATS)
    .default("png")
    .meta(about("png keeps every pixel, so that a replay is exact; jpeg is smaller, for looking")),
  splitMB: z.int().min(1).max(4000).default(2000).meta(about("The recording goes on in another file after so much [MB]")),
  splitS: z.number().min(1).max(86_400).default(3600).meta(about("and after so long [s]")),
  minFreeMB: z
    .number()
    .min(1)
    .max(1_000_000)
    .default(500)
    .meta(about("Recording stops, and the arm goes on, when less of the disk is free [MB]")),
  last: z
    .strictObject({
      seconds: z.number().min(1).max(600).default(30).meta(about("How much is kept in memory [s]; at most 256 MB")),
      folder: z
        .string()
        .min(1)
        .default("recordings")
        .meta(about("Where it is saved, relative to where the command is started, on demand (signal SIGUSR2)")),
      onFault: z.boolean().default(true).meta(about("and when a fault held or stopped the arm")),
    })
    .optional()
    .meta(about("Keeps the newest seconds of the run in memory, to be saved when something happened; {} for the defaults")),
});

export const recordSchema = z
  .union([file.transform((name) => section.parse({ file: name })), section])
  .meta(about("Recording: a file name, or a section with where, how much and what for"));

/** Of a launch file that says nothing of it: nothing is recorded but what somebody asks for. */
export const usualRecord: RecordSection = section.parse({});

export type RecordSection = z.output<typeof recordSchema>;
