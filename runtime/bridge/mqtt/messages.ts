/** What a robot tells: connection, state, factsheet, telemetry and responses. SI units, times in UTC. */
import * as z from "zod";
import { about, commander, count, header, id, text, vec3 } from "./fields.ts";

/** Why a command was not carried out; README.md says what to do about each. */
export const REJECTIONS = [
  "retained",
  "too-big",
  "too-many",
  "malformed",
  "not-authorised",
  "not-yet-valid",
  "expired",
  "out-of-order",
  "duplicated",
  "refused",
] as const;
export type RejectionReason = (typeof REJECTIONS)[number];

const outcome = z.enum(["running", "succeeded", "failed", "stopped"]);

const connectionSchema = z
  .strictObject({
    ...header,
    state: z
      .enum(["ONLINE", "OFFLINE", "CONNECTION_BROKEN"])
      .meta(about("ONLINE at birth, OFFLINE at a farewell; CONNECTION_BROKEN is the last will, stamped when the connection was made")),
  })
  .meta({ title: "connection" });

const stateSchema = z
  .strictObject({
    ...header,
    agent: z
      .enum(["booting", "idle", "running", "holding", "stopping", "stopped", "faulted"])
      .meta(about("What the agent as a whole does")),
    task: z.enum(["none", "running", "succeeded", "failed", "stopped"]).meta(about("How the task stands")),
    skills: z
      .array(
        z.strictObject({
          path: z.string().max(64).meta(about("Place in the task tree, 0/1 is the second child of the first")),
          name: z.string().max(64).meta(about("Name of the skill")),
          state: z.enum(["asking", "preparing", "looking", "acting", "verifying"]).meta(about("What it is doing")),
          retries: count.meta(about("0 for the first attempt (count)")),
        }),
      )
      .max(64)
      .meta(about("The skills in progress")),
    reason: text.meta(about("Why it is so, for people")),
    mayAct: z.boolean().meta(about("True only while a motion may be sent")),
    commands: z.string().max(128).nullable().meta(about("Who commands the robot now, null for nobody")),
    recording: text.nullable().meta(about("The file of a recording that somebody started and that goes on, null while there is none")),
    order: z
      .strictObject({ id: id.meta(about("Of the order")), commander, outcome: outcome.meta(about("What became of it")) })
      .nullable()
      .meta(about("The last order that was accepted, null before the first")),
    faults: z
      .array(
        z.strictObject({
          timestamp: header.timestamp,
          code: z.string().max(64).meta(about("Such as sense.stale, or bug")),
          message: text.meta(about("Subject, value, bound, unit and remedy")),
          reaction: z.enum(["ignore", "hold", "retry", "stop"]).meta(about("What the supervisor did about it")),
        }),
      )
      .max(8)
      .meta(about("The last faults that held or stopped the robot or cost an attempt, newest first")),
  })
  .meta({ title: "state" });

const joint = z.strictObject({
  name: z.string().max(64).meta(about("Name of the joint")),
  positionMinRad: z.number().optional().meta(about("Lower stop [rad]; absent: it turns for ever")),
  positionMaxRad: z.number().optional().meta(about("Upper stop [rad]; absent: it turns for ever")),
  velocityMaxRadPerS: z.number().meta(about("Greatest speed [rad/s]")),
  accelerationMaxRadPerS2: z.number().meta(about("Greatest acceleration [rad/s^2]")),
});

const factsheetSchema = z
  .strictObject({
    ...header,
    softwareVersion: z.string().max(64).meta(about("Version of foresight")),
    robotModel: z.string().max(64).meta(about("Name of the arm")),
    limitsSource: text.meta(about("Where its limits come from")),
    joints: z.array(joint).max(64).meta(about("In the order of every list of joints")),
    cameras: z
      .array(
        z.strictObject({
          name: z.string().max(64).meta(about("Name of the camera")),
          widthPx: count.meta(about("Width [px]")),
          heightPx: count.meta(about("Height [px]")),
        }),
      )
      .max(8)
      .meta(about("What it sees with")),
    workspace: z
      .strictObject({ minM: vec3.meta(about("Smallest x, y, z [m]")), maxM: vec3.meta(about("Largest x, y, z [m]")) })
      .meta(about("The box in the robot's base frame that the tool point never leaves")),
    worldModel: z
      .strictObject({
        name: z.string().max(64).meta(about("Name of the model package")),
        hash: z.string().max(64).meta(about("SHA-256 over its files")),
      })
      .meta(about("What it imagines with")),
    decisionPeriodS: z.number().meta(about("A decision is made this often [s]")),
    skills: z
      .array(
        z.strictObject({
          name: z.string().max(64).meta(about("Name of the skill, for orders")),
          description: text.meta(about("What it does")),
          goals: z.array(z.string().max(32)).max(8).meta(about("The kinds of goal that it takes")),
        }),
      )
      .max(64)
      .meta(about("What can be ordered")),
    urgent: z
      .array(
        z.strictObject({
          name: z.string().max(64).meta(about("Name of the task, for the instant action urgent")),
          urgency: count.min(1).meta(about("It comes before every task of a lower one (1 to 9)")),
        }),
      )
      .max(64)
      .meta(about("Tasks that can come before the one in hand")),
    linkLoss: z
      .enum(["finish", "hold"])
      .meta(about("What the robot does when the link is lost: finish its task, or rest until somebody resumes it")),
    limits: z
      .strictObject({
        orderBytesMax: count.meta(about("Largest order [bytes]")),
        instantActionsBytesMax: count.meta(about("Largest instant action [bytes]")),
        lifetimeMsMax: count.meta(about("Longest time from issuedAt to expiresAt [ms]")),
        clockSkewMsMax: count.meta(about("How far issuedAt may be ahead of the robot's clock [ms]")),
      })
      .meta(about("What a command must keep")),
  })
  .meta({ title: "factsheet" });

const stamp = z.string().regex(/^-?\d{1,20}$/);
const metres = (what: string) =>
  z
    .number()
    .nullable()
    .meta(about(`${what} [m], null where neither model nor goal gives one`));

const telemetrySchema = z
  .strictObject({
    ...header,
    joints: z
      .strictObject({
        stampNs: stamp.meta(about("When they were read, on the robot's monotonic clock [ns]")),
        positionRad: z.array(z.number().nullable()).max(64).meta(about("Joint positions [rad], null for a reading that is no number")),
        velocityRadPerS: z
          .array(z.number().nullable())
          .max(64)
          .meta(about("Joint velocities [rad/s], null for a reading that is no number")),
      })
      .meta(about("The newest reading of the joints")),
    decision: z
      .strictObject({
        index: count.meta(about("Counts the decisions of this attempt of the skill (count)")),
        verdict: z.enum(["pass", "clip", "stop"]).meta(about("What the guards said")),
        why: z.array(text).max(16).meta(about("Why they said so")),
        toolM: vec3.meta(about("The tool point in the base frame [m]")),
        criticCost: z.number().nullable().meta(about("Decisions to the goal by the critic's estimate (count), null without one")),
        toolToGoalM: metres("Tool point to goal"),
        objectToGoalM: metres("Object to goal over the table"),
        planMs: z.number().meta(about("What planning took [ms]")),
        decisionMs: z.number().meta(about("What the whole decision took [ms]")),
      })
      .nullable()
      .meta(about("The newest decision, null before the first")),
    counts: z
      .strictObject({
        decisions: count.meta(about("Decisions since the agent started (count)")),
        commandsAccepted: count.meta(about("Commands that were carried out (count)")),
        commandsRejected: count.meta(about("Messages on order and instantActions that were not (count)")),
        rejectionsUnanswered: count.meta(about("of which so many got no answer, since there were too many (count)")),
        telemetryDropped: count.meta(about("Messages of this topic that were left out, since the link was behind or away (count)")),
      })
      .meta(about("Since the agent started")),
  })
  .meta({ title: "telemetry" });

const thumbnailSchema = z
  .strictObject({
    ...header,
    camera: z.string().max(64).meta(about("Name of the camera")),
    widthPx: count.meta(about("Width [px]")),
    heightPx: count.meta(about("Height [px]")),
    stampNs: stamp.meta(about("When it was taken, on the robot's monotonic clock [ns]")),
    jpegBase64: z.base64().max(65_536).meta(about("The picture, JPEG in base64")),
  })
  .meta({ title: "thumbnail" });

const responseSchema = z
  .strictObject({
    ...header,
    id: id.nullable().meta(about("Of the command; null where none could be read")),
    topic: z.enum(["order", "instantActions"]).meta(about("Where the command came")),
    commander: commander.nullable(),
    outcome: z
      .enum(["accepted", "rejected", "succeeded", "failed", "stopped"])
      .meta(about("accepted or rejected at once; the last three say later how an accepted order ended")),
    reason: z.enum(REJECTIONS).nullable().meta(about("The named reason of a rejection, else null")),
    why: text.meta(about("The same for people")),
  })
  .meta({ title: "responses" });

export const messageSchemas = {
  connection: connectionSchema,
  state: stateSchema,
  factsheet: factsheetSchema,
  telemetry: telemetrySchema,
  thumbnail: thumbnailSchema,
  responses: responseSchema,
} as const;
type Schemas = typeof messageSchemas;
export type MessageTopic = keyof Schemas;

type Body<T> = Omit<T, keyof typeof header>;
/** What the bridge adds the header to. */
export type MessageBody<Topic extends MessageTopic> = Body<z.output<Schemas[Topic]>>;
