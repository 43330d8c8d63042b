/** The schemas of all messages: Foxglove's well-known ones where they exist, ours with units for the rest. Ours are also what a reader checks with. */
import wellKnown from "@foxglove/schemas/jsonschema.js";
import * as z from "zod";
import { ERROR_CODES } from "../../core/errors.ts";
import { OPERATOR_COMMANDS } from "../../core/supervision.ts";
import { exact, stamp } from "./exact-schema.ts";

const about = (description: string) => ({ description });
const count = z.int().nonnegative();
const vector = (description: string) =>
  z
    .array(exact)
    .max(65_536)
    .transform((values) => Float64Array.from(values))
    .meta(about(description));
const vec3 = (description: string) => z.tuple([exact, exact, exact]).meta(about(description));
const text = (description: string) => z.string().max(20_000).meta(about(description));
const index = count.meta(about("Of the decision, from 0 (count)"));

const tick = z.looseObject({
  index,
  stampNs: stamp.meta(about("Of what was seen, on the robot's clock [ns]")),
  jointsRad: vector("Measured joint positions [rad]"),
  toolM: vec3("The tool point, x, y, z in the base frame [m]"),
  action: vector("What was planned for this decision, an entry per axis of the model (action units, -1..1)"),
  surprise: exact
    .nullable()
    .optional()
    .meta(about("How far the latent is from what was imagined of this instant (unit-free, 1 is about one standard deviation)")),
  executedAction: vector("What was really commanded over the decision period (action units)"),
  parts: z
    .array(z.enum(["latent", "plan", "segment"]))
    .meta(about("Which other messages this decision has beside /costs and /verdict; none where there was no such thing")),
  timing: z.record(z.string(), exact).meta(about("What the stages took and how old the observation was, measured [ms]")),
});

const latent = z.strictObject({ index, latent: vector("The latent that the plan starts from, shape (latentDim), unit-free") });

const plan = z.looseObject({
  index,
  horizon: count.meta(about("Imagined decisions (count)")),
  actions: vector("Shape (horizon, actionDim), action units, -1..1"),
  predicted: vector("Predicted latents after each action, shape (horizon, latentDim), unit-free"),
  imaginedToolM: vector("Imagined tool points, shape (horizon, 3), x, y, z in the base frame [m]"),
  subgoal: vector("What the plan goes towards first, shape (latentDim), unit-free; absent where the planner has no subgoals").optional(),
  violation: exact.meta(about("Largest constraint violation (unit-free); feasible when <= 0")),
  stats: z.record(z.string(), exact).meta(about("Model calls, iterations and samples (count), mean cost of the best (unit-free)")),
});

const costs = z.looseObject({
  index,
  cost: exact.nullable().meta(about("Of the plan (unit-free); null without a plan")),
  costTerms: z.record(z.string(), exact).meta(about("Weighted cost by term (unit-free)")),
  measures: z
    .record(z.string(), z.union([exact, z.array(exact).max(3)]).nullable())
    .meta(
      about(
        "How far the goal is as the agent perceives it: criticCost in decisions (count), toolToGoalM and objectToGoalM [m], objectM in the base frame [m]",
      ),
    ),
});

const verdict = z.strictObject({
  index,
  verdict: z.enum(["pass", "clip", "stop"]).meta(about("What the guards said")),
  why: z.array(text("One sentence")).max(64).meta(about("Why they said so; empty for pass")),
});

const knot = z.looseObject({
  tS: exact.meta(about("After the segment's start [s]")),
  positionRad: vector("Joint positions [rad]"),
  velocityRadPerS: vector("Joint velocities [rad/s]"),
  accelerationRadPerS2: vector("Joint accelerations [rad/s^2]"),
});

const gripper = z.looseObject({
  openingM: exact.meta(about("Between the fingers, to be reached [m]")),
  speedMPerS: exact.meta(about("Of the opening, at most [m/s]; 0 goes no further")),
  forceN: exact.meta(about("Between the fingers, at most [N]")),
});
const motionOf = {
  id: z.int().meta(about("Of the segment; increases over the life of the robot")),
  startNs: stamp.meta(about("When it begins, on the robot's clock [ns]")),
  knots: z.array(knot).min(2).max(1024).meta(about("Quintic between them; the last one is at rest")),
  gripper: gripper.optional().meta(about("Absent: what the gripper was told before still holds")),
};
const segment = z.looseObject({ index, ...motionOf });

const goal = z.looseObject({
  kind: z.enum(["image", "tool", "object"]).meta(about("image: the pictures are on /goal/{camera}; else a place")),
  positionM: vec3("Where the tool or the object is to be, x, y, z in the base frame [m]").optional(),
  cameras: z.array(z.string()).max(64).optional().meta(about("Of an image: the cameras, in order")),
});

const state = z.looseObject({
  agent: text("booting, idle, running, holding, stopping, stopped or faulted"),
  task: text("none, running, succeeded, failed or stopped"),
  skills: z
    .array(z.looseObject({}))
    .max(1024)
    .meta(about("In progress: path in the task tree, name, state, decisions and retries (count), progress 0..1")),
  reason: text("Why it is so"),
  mayAct: z.boolean().meta(about("True only while a segment may be sent")),
  holdEnds: z.enum(["by-itself", "when-told"]).optional().meta(about("Of a hold: once its cause is gone, or when a person says so")),
});

const fault = z.strictObject({
  code: text("Such as sense.stale; bug for what is none of ours"),
  message: text("Subject, value, bound, unit and remedy"),
  reaction: z.enum(["ignore", "hold", "retry", "stop"]).meta(about("What the supervisor did about it")),
  reason: text("Why this reaction"),
});

const seen = {
  frames: z
    .array(z.strictObject({ camera: z.string().max(128), stampNs: stamp }))
    .max(64)
    .meta(about("The pictures it looked at, in the model's order, by their stamps [ns]")),
  jointsNs: stamp.meta(about("The reading of joints, by its stamp [ns]")),
};
const atNs = stamp.meta(about("When, on the robot's clock [ns]"));
const who = text("Such as page or mqtt");
const limits = z.strictObject({
  speedShare: exact.optional().meta(about("Share of every motion (unit-free, 0..1)")),
  maxToolSpeedMPerS: exact.optional().meta(about("Of the tool point [m/s]")),
  payloadKg: exact.optional().meta(about("At the tool point [kg]")),
  maxObservationAgeMs: exact.optional().meta(about("Of what a motion was decided on [ms]")),
  maxPlanAgeMs: exact.optional().meta(about("Of the plan [ms]")),
});
const word = z.int().nonnegative().max(0xffffffff);
const chance = z.strictObject({ words: z.tuple([word, word, word, word]).readonly(), spare: exact.nullable() });
const instant = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("begun"),
      atNs,
      effectNs: stamp.meta(about("When its segment takes effect [ns]")),
      chance: chance.meta(about("Of the planner, before it is asked: the state of xoshiro128**")),
      ...seen,
    }),
    z.strictObject({
      kind: z.literal("judged"),
      atNs,
      candidates: count.meta(about("Of its plan (count)")),
      offered: z
        .array(vector("Shape (horizon, actionDim), action units"))
        .max(16)
        .optional()
        .meta(about("Action sequences that memory offered the planner; absent: none")),
    }),
    z.strictObject({ kind: z.literal("failed"), atNs, code: z.enum(ERROR_CODES), message: text("Why nothing came of it") }),
    z.strictObject({ kind: z.enum(["looked", "held"]), atNs, ...seen }),
    z.strictObject({ kind: z.literal("prepared"), atNs }),
    z.strictObject({ kind: z.literal("commanded"), atNs, who, command: z.enum(OPERATOR_COMMANDS) }),
    z.strictObject({ kind: z.literal("assigned"), atNs, who, task: z.looseObject({}).meta(about("As in a launch file")) }),
    z.strictObject({ kind: z.literal("called"), atNs, who, name: text("Of an urgent task") }),
    z.strictObject({
      ...{ kind: z.literal("shown"), atNs, who },
      cameras: z.array(z.string().max(128)).max(64).meta(about("Whose next pictures on /goal/{camera} are the goal's")),
    }),
    z.strictObject({ kind: z.literal("limited"), atNs, who, limits }),
    z.strictObject({ kind: z.literal("left"), atNs, who }),
    z.strictObject({
      kind: z.literal("overridden"),
      atNs,
      segment: z.looseObject(motionOf).meta(about("From its start on it is commanded")),
    }),
  ])
  .meta(
    about(
      "begun, judged where it was thought through, failed where no /tick follows; looked and held: no decision, only how far the goal is, or that nothing is wrong; prepared: an attempt of a skill may begin; commanded, assigned, called, shown, limited, left: what a person or another program told it; overridden: a motion that no decision sent",
    ),
  );

const motion = z.strictObject({
  segmentId: z.int().meta(about("Of the segment")),
  kind: z.enum(["started", "replaced", "completed", "aborted"]).meta(about("What became of it")),
  atNs: stamp.meta(about("When, on the robot's clock [ns]")),
  reason: text("Why, of one that was aborted").optional(),
});

const run = z.looseObject({
  format: z.literal(2).meta(about("Version of this recording format")),
  robot: text("Name of the robot"),
  joints: z.array(z.string()).max(64).meta(about("Names of the joints, in the order of every list of joints")),
  cameras: z
    .array(z.looseObject({ name: z.string().max(128) }))
    .max(64)
    .meta(about("As the launch file has them: size [px], field of view [rad], place and target in the base frame [m]")),
  mode: z.enum(["lockstep", "realtime"]).meta(about("Whether the world waited for the decisions")),
  periodS: z.number().positive().max(10).meta(about("A decision is made this often [s]")),
  ends: z
    .enum(["with-task", "when-told"])
    .optional()
    .meta(about("Whether the run began and ended with its task (default) or waited to be told")),
  begins: z
    .enum(["with-run", "within-run"])
    .optional()
    .meta(about("Whether the recording began with the run (default) or was started within it")),
  leadMs: z.number().min(0).max(5000).meta(about("From a decision to the start of its segment [ms]")),
  modelName: text("Name of the model package"),
  modelHash: text("SHA-256 over the model package"),
  config: z.unknown().meta(about("The launch configuration, without secrets")),
  version: text("Of foresight"),
  startedAt: text("Time of day at the start (ISO 8601, UTC); all other stamps are on the robot's clock"),
});

const end = z.strictObject({
  messages: count.meta(about("Written before this one (count)")),
  decisions: count.meta(about("Of them, decisions (count)")),
  dropped: count.meta(about("News that were left out since the disk or the encoder was behind (count)")),
  why: z
    .enum(["ended", "split", "stopped", "saved"])
    .meta(
      about("ended: with the run; split: it goes on in the next file; stopped: before the run; saved: only the newest seconds are here"),
    ),
  reason: text("The same in words"),
});

/** What we write ourselves, by name; a reader parses with these. */
export const ours = {
  "foresight.Run": run,
  "foresight.Tick": tick,
  "foresight.Latent": latent,
  "foresight.Plan": plan,
  "foresight.Costs": costs,
  "foresight.Verdict": verdict,
  "foresight.Segment": segment,
  "foresight.Goal": goal,
  "foresight.State": state,
  "foresight.Fault": fault,
  "foresight.Motion": motion,
  "foresight.Instant": instant,
  "foresight.End": end,
} as const;

const foxglove = {
  "foxglove.CompressedImage": wellKnown.CompressedImage,
  "foxglove.CameraCalibration": wellKnown.CameraCalibration,
  "foxglove.JointStates": wellKnown.JointStates,
  "foxglove.FrameTransforms": wellKnown.FrameTransforms,
  "foxglove.SceneUpdate": wellKnown.SceneUpdate,
  "foxglove.Log": wellKnown.Log,
} as const;

export type SchemaName = keyof typeof ours | keyof typeof foxglove;

/** The JSON Schema (draft 7) of a message. */
export function schemaOf(name: SchemaName): object {
  const own = name in ours ? ours[name as keyof typeof ours] : null;
  if (own === null) return foxglove[name as keyof typeof foxglove];
  return { title: name, type: "object", ...z.toJSONSchema(own, { target: "draft-7", io: "input" }) };
}
