/** The schema of a launch file: every key with its unit, its default and its bounds. What fits together is checked in check-config.ts. */
import * as z from "zod";
import { robotDescriptionSchema } from "../../robots/described/description.ts";
import { BOUNDS, placeIn, within } from "../../runtime/core/bounds.ts";
import { FAULTS_MAX, faultSchema } from "../../runtime/disturb/catalogue.ts";
import { autonomySchema, goalSpecSchema, taskTreeSchema } from "../../runtime/supervise/task-tree.ts";
import { backendSchema } from "../backends/schema.ts";
import { fleetSchema } from "./schema-fleet.ts";
import { foxgloveSchema } from "./schema-foxglove.ts";
import { guardsSchema } from "./schema-guards.ts";
import { memorySchema } from "./schema-memory.ts";
import { mqttSchema } from "./schema-mqtt.ts";
import { plannerSchema } from "./schema-planner.ts";
import { providerSchema } from "./schema-provider.ts";
import { recordSchema } from "./schema-record.ts";
import { sensesSchema } from "./schema-senses.ts";
import { about, ENV_REFERENCE, name, seed } from "./schema-terms.ts";
import { urgentSchema } from "./schema-urgent.ts";

const camera = z.strictObject({
  name: name.meta(about("As the model package calls it")),
  widthPx: z.int().min(8).max(1024).meta(about("Width [px]")),
  heightPx: z.int().min(8).max(1024).meta(about("Height [px]")),
  fovYRad: within(BOUNDS.fovRad).meta(about("Vertical field of view [rad]")),
  positionM: placeIn.meta(about("Where it is, x, y, z in the robot's base frame [m]")),
  targetM: placeIn.meta(about("The point it looks at, x, y, z in the robot's base frame [m]; the picture's up is z")),
});

const bound = (what: string) => z.number().optional().meta(about(what));

const requires = z
  .strictObject({
    hash: z
      .string()
      .regex(/^[0-9a-f]{12,64}$/, "12 to 64 hexadecimal digits")
      .optional()
      .meta(about("How the model's hash begins (foresight run and eval print it)")),
    evaluation: z
      .record(
        z.string().min(1).max(200),
        z
          .strictObject({ min: bound("At least this"), max: bound("At most this") })
          .refine(({ min, max }) => min !== undefined || max !== undefined, "needs min or max"),
      )
      .optional()
      .meta(
        about(
          "Figures of the card's evaluation by their place, such as ahead4.objectMeanM, or success.low95 where foresight eval --card wrote it; a figure that is not there is not good enough",
        ),
      ),
  })
  .meta(about("What the model must be beyond fitting; the arm does not start with another"));

const model = z.strictObject({
  path: z.string().min(1).meta(about("Folder of the model package; from the project's root, or with ./ or ../ from this file")),
  requires: requires.optional(),
  provider: providerSchema,
  threads: z.int().min(1).max(64).default(2).meta(about("Threads of the cpu provider (count)")),
  maxAnswerMs: z
    .number()
    .min(500)
    .max(3_600_000)
    .default(30_000)
    .meta(about("A model that has not answered for this long is given up, and the arm stops [ms]")),
});

const dashboard = z.strictObject({
  enabled: z.boolean().default(true).meta(about("Serve the page")),
  host: z.enum(["127.0.0.1", "::1", "localhost"]).default("127.0.0.1").meta(about("Loopback only; use a tunnel to look from elsewhere")),
  port: z.int().min(0).max(65_535).default(8080).meta(about("TCP port, 0 for any free one")),
  token: z
    .string()
    .min(16)
    .max(256)
    .optional()
    .meta(
      about(
        `Secret that commands must carry, at least 16 characters; write ${ENV_REFERENCE}. Without one, a new one is made at every start`,
      ),
    ),
  lifecycle: z
    .enum(["auto", "ready"])
    .default("auto")
    .meta(about("auto: does the task of this file and ends; ready: waits for goals and start from the page, until it is ended")),
});

/** A launch file after includes and overrides. Unknown keys are errors. */
export const launchSchema = z
  .strictObject({
    include: z.string().min(1).optional().meta(about("Another launch file to start from, relative to this one; what is written here wins")),
    robot: z
      .union([name, robotDescriptionSchema])
      .meta(about("Name of a robot, a folder of robots/; or any arm by its own URDF or MJCF, with its limits")),
    backend: backendSchema,
    cameras: z.array(camera).max(8).meta(about("The cameras, in the model's order; empty for a model that sees the state")),
    senses: sensesSchema.prefault({}),
    model: model.meta(about("The world model")),
    planner: plannerSchema.prefault({}).meta(about("How plans are made")),
    guards: guardsSchema.meta(about("What no plan may do, whatever the model says")),
    task: taskTreeSchema.meta(about("What to do")),
    goals: z.record(name, goalSpecSchema).default({}).meta(about("Goals that the task may call by name")),
    urgent: urgentSchema,
    autonomy: autonomySchema
      .default("autonomous")
      .meta(about("The least that every skill asks of a person before it begins, whatever the task says; see autonomy in a task")),
    faults: z
      .array(faultSchema)
      .max(FAULTS_MAX)
      .default([])
      .meta(about("What goes wrong on purpose, to rehearse what then happens; see runtime/disturb/README.md")),
    dashboard: dashboard.prefault({}).meta(about("The page")),
    mqtt: mqttSchema.optional(),
    foxglove: foxgloveSchema.optional(),
    fleet: fleetSchema.optional(),
    memory: memorySchema.optional(),
    record: recordSchema.optional(),
    state: z
      .string()
      .min(1)
      .optional()
      .meta(
        about(
          "File that keeps the place in the task at every change, relative to where the command is started: after a crash the next run comes back holding there. Left out (as by default) nothing is kept, and every run begins anew",
        ),
      ),
    seed: seed.default(1).meta(about("Seed of the agent's own chance (planning noise)")),
  })
  .meta({ title: "Foresight launch file" });

/** What `loadLaunch` gives: every default filled in. */
export type LaunchConfig = Omit<z.output<typeof launchSchema>, "include">;

/** What models and recordings call the robot of a launch file. */
export const robotName = (robot: LaunchConfig["robot"]): string => (typeof robot === "string" ? robot : robot.name);
