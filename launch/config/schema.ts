/** The schema of a launch file: every key with its unit, its default and its bounds. What fits together is checked in check-config.ts. */
import * as z from "zod";
import { robotDescriptionSchema } from "../../robots/described/description.ts";
import { BOUNDS, placeIn, within } from "../../runtime/core/bounds.ts";
import { PAYLOAD_KG_MAX } from "../../runtime/core/desk.ts";
import { FAULTS_MAX, faultSchema } from "../../runtime/disturb/catalogue.ts";
import { autonomySchema, goalSpecSchema, taskTreeSchema } from "../../runtime/supervise/task-tree.ts";
import { backendSchema } from "../backends/schema.ts";
import { fleetSchema } from "./schema-fleet.ts";
import { foxgloveSchema } from "./schema-foxglove.ts";
import { mqttSchema } from "./schema-mqtt.ts";
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

const icem = z.strictObject({
  noiseExponent: z
    .number()
    .min(0)
    .max(4)
    .default(2)
    .meta(
      about("Power of the noise falls with frequency to this power (unit-free, 0 white .. 4): high makes neighbouring decisions alike"),
    ),
  sampleDecay: z.number().min(1).max(2).default(1.25).meta(about("Each iteration has this many times fewer futures (unit-free)")),
  keptShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .meta(about("Share of the best futures that compete again, in the next iteration and decision (unit-free); at least one does")),
  momentum: z.number().min(0).max(0.9).default(0.1).meta(about("How much of the old search stays at each improvement (unit-free)")),
});

const gradient = z.strictObject({
  learningRate: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.3)
    .meta(about("Length of the first step of each action, later ones shrink (action units, 0.01..1)")),
});

const decisions = (fallback: number, what: string) =>
  z
    .number()
    .min(0)
    .max(1000)
    .default(fallback)
    .meta(about(`${what} (decisions)`));

const hierarchical = z.strictObject({
  subgoals: z.int().min(0).max(1024).default(64).meta(about("Subgoals drawn each time (count); 0 plans towards the goal itself")),
  keptDecisions: z.int().min(1).max(20).default(3).meta(about("A subgoal is kept for so long (decisions)")),
  reachDecisions: decisions(12, "A subgoal that the critic sees further away than this is dropped"),
  nearDecisions: decisions(3, "With the goal no further than this by the critic, it is its own subgoal"),
  habitBeyondDecisions: decisions(
    35,
    "While the critic sees the goal further away than this the policy acts towards the subgoal and nothing is searched; 0 always, 1000 never",
  ),
  refits: z.int().min(0).max(8).default(0).meta(about("Times that candidates close to the best are tried as well (count)")),
});

const planner = z.strictObject({
  policy: z
    .enum(["mode2", "mode1", "random"])
    .default("mode2")
    .meta(about("mode2: plan with the world model; mode1: ask the trained policy; random: a baseline")),
  solver: z
    .enum(["cem", "mppi", "icem", "gradient", "hierarchical"])
    .default("cem")
    .meta(
      about(
        "How mode2 searches: cem refits to the best tenth, mppi to all by weight, icem is cem with smooth noise and a memory, gradient follows the slope of the cost through the model (samples are its starts, iterations its steps), hierarchical takes the best of what the model's prior and policy would do towards a sampled subgoal (iterations are 1 and its refits, the horizon at most 4; needs a model with prior and subgoal)",
      ),
    ),
  samples: z.int().min(8).max(4096).default(128).meta(about("Imagined futures per iteration (count)")),
  iterations: z.int().min(1).max(20).default(3).meta(about("Improvements of the search distribution (count)")),
  horizon: z.int().min(1).max(20).default(5).meta(about("Imagined decisions per future (count)")),
  deadlineMs: z
    .number()
    .min(5)
    .max(2000)
    .default(120)
    .meta(about("A plan must be ready after this time; a smaller one is taken where it cannot [ms]")),
  proposals: z.boolean().default(true).meta(about("Let the trained policy propose futures to start from")),
  icem: icem.prefault({}).meta(about("What only the solver icem looks at")),
  gradient: gradient.prefault({}).meta(about("What only the solver gradient looks at")),
  hierarchical: hierarchical.prefault({}).meta(about("What only the solver hierarchical looks at")),
});

const box = {
  minM: placeIn.meta(about("Smallest x, y, z in the base frame [m]")),
  maxM: placeIn.meta(about("Largest x, y, z in the base frame [m]")),
};
const share = (what: string) =>
  z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .meta(about(`Share of the robot's ${what} limits that is used (unit-free, 0.05..1)`));
const ageMs = (fallback: number, what: string) =>
  z
    .number()
    .min(1)
    .max(2000)
    .default(fallback)
    .meta(about(`${what} [ms]`));

const guards = z.strictObject({
  workspace: z
    .strictObject({
      ...box,
      tableZM: within(BOUNDS.placeM).default(0).meta(about("Height of the table top [m]")),
      tableClearanceM: z.number().min(0).max(0.2).default(0.01).meta(about("The tool point stays this far above the table [m]")),
    })
    .meta(about("The box that the tool point never leaves")),
  keepOut: z
    .array(
      z.strictObject({
        name: name.meta(about("For messages")),
        ...box,
        marginM: z.number().min(0).max(0.5).default(0.02).meta(about("The tool point stays this far away on every side [m]")),
      }),
    )
    .max(32)
    .default([])
    .meta(about("Boxes that no link of the arm enters, its tool point with it")),
  keepOutBalls: z
    .array(
      z.strictObject({
        name: name.meta(about("For messages")),
        centreM: placeIn.meta(about("Its centre x, y, z in the base frame [m]")),
        radiusM: z.number().positive().max(2).meta(about("Its radius [m]")),
        marginM: z.number().min(0).max(0.5).default(0.02).meta(about("The arm stays this far away on every side [m]")),
      }),
    )
    .max(32)
    .default([])
    .meta(about("Balls that no link of the arm enters, its tool point with it")),
  contact: z
    .strictObject({
      torqueShare: z
        .number()
        .min(0.01)
        .max(1)
        .default(0.25)
        .meta(
          about(
            "Share of a drive's largest torque that the arm's own model may leave unexplained, where the arm tells its torques (unit-free)",
          ),
        ),
      trackingRad: z
        .number()
        .min(0.005)
        .max(1)
        .optional()
        .meta(
          about("Of an arm that tells no torques: how far a joint at rest may be from its command [rad]; left out, nobody looks at that"),
        ),
    })
    .optional()
    .meta(
      about(
        "When something counts as touching the arm: beyond either it stops, gives way by 0.05 rad a joint at most, and waits for a person. Left out, nobody looks for it",
      ),
    ),
  maxSurprise: z
    .union([z.number().positive().max(1000), z.literal("calibrated")])
    .optional()
    .meta(
      about(
        'Surprise of a decision (unit-free, 1 is about one standard deviation) above which the arm goes at half its speed, and holds after three in a row; "calibrated" is what the model\'s card says (foresight calibrate-surprise), for runs like those it was calibrated on. Left out, surprise is shown and nothing follows',
      ),
    ),
  maxToolSpeedMPerS: z
    .number()
    .positive()
    .max(3)
    .default(1)
    .meta(about("The tool point goes no faster, and slower towards a singularity [m/s]")),
  payloadKg: z
    .number()
    .min(0)
    .max(PAYLOAD_KG_MAX)
    .default(0)
    .meta(
      about(
        "What the tool carries, beside what the robot's model has there: motions that would ask too much of a drive are made smaller [kg]",
      ),
    ),
  maxObservationAgeMs: ageMs(400, "Oldest observation to act on, since we received it"),
  maxPlanAgeMs: ageMs(400, "Oldest plan to act on, since it was made"),
  velocityScale: share("joint velocity"),
  accelerationScale: share("joint acceleration"),
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
    planner: planner.prefault({}).meta(about("How plans are made")),
    guards: guards.meta(about("What no plan may do, whatever the model says")),
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
