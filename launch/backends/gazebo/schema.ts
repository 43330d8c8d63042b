/** `backend.kind: gazebo`: every key with its unit, its default and its bounds. */
import * as z from "zod";
import { about } from "../../config/schema-terms.ts";
import { simulatedShape } from "../simulated-shape.ts";

export const gazeboSchema = z
  .strictObject({
    kind: z.literal("gazebo").meta(about("Gazebo over gz-transport: one that runs, or one started here with the exported scene")),
    ...simulatedShape,
    partition: z
      .string()
      .max(200)
      .nullable()
      .default(null)
      .meta(about("GZ_PARTITION (IGN_PARTITION) of the Gazebo to use; null starts one on a partition of its own")),
    hostIp: z
      .ipv4()
      .default("127.0.0.1")
      .meta(about("Interface that Gazebo is on; anything but 127.x lets every machine of that network command the robot")),
    server: z
      .strictObject({
        command: z
          .array(z.string().min(1))
          .min(1)
          .max(32)
          .nullable()
          .default(null)
          .meta(
            about("Program and options that start a headless server; the world is put behind them. null takes gz or ign from the path"),
          ),
        release: z
          .enum(["fortress", "harmonic"])
          .nullable()
          .default(null)
          .meta(about("Whose plugin names the world uses; harmonic stands for Garden and later. null goes by the command's name")),
      })
      .prefault({})
      .meta(about("How a server is started where none runs")),
    connectTimeoutMs: z
      .number()
      .min(1000)
      .max(600_000)
      .default(60_000)
      .meta(about("For the server to answer, and for arm and cameras to be there [ms]")),
    maxClockSilenceMs: z
      .number()
      .min(100)
      .max(10_000)
      .default(500)
      .meta(about("A simulated clock that stands still for longer is a fault [ms]")),
    maxTrackingRad: z
      .number()
      .min(0.005)
      .max(1)
      .default(0.05)
      .meta(about("A joint further from its command is a fault after maxTrackingMs [rad]")),
    maxTrackingMs: z.number().min(0).max(5000).default(300).meta(about("How long a joint may be off [ms]")),
    minRealTimeFactor: z.number().min(0.05).max(1).default(0.5).meta(about("In realtime: a slower simulation is a fault (unit-free)")),
    drawImagined: z
      .boolean()
      .default(false)
      .meta(
        about(
          "With run: draw the imagined path and the goal into the world, for its cameras and a GUI; the model's cameras see them too, and it was not trained with them",
        ),
      ),
  })
  .meta(about("A robot in Gazebo"));

export type GazeboSection = z.output<typeof gazeboSchema>;
