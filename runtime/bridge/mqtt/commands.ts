/** What a robot is told: orders and instant actions, each with id, sequence, issued-at and expiry. JSON, nothing unknown in it. */
import * as z from "zod";
import { PAYLOAD_KG_MAX } from "../../core/desk.ts";
import { RECORDING_WISHES } from "../../core/recording.ts";
import { childrenOf, type TaskNode, taskTreeSchema } from "../../supervise/task-tree.ts";
import { about, commander, count, id, utc } from "./fields.ts";
import type { CommandTopic } from "./topics.ts";

/** Bytes of a message; a larger one is not read. */
export const BYTES_MAX: Readonly<Record<CommandTopic, number>> = { order: 64 * 1024, instantActions: 4 * 1024 };
/** From issued-at to expiry, milliseconds: nobody may issue a command that lies in wait. */
export const LIFETIME_MS_MAX = 60_000;
/** How far the clock of a commander may be ahead of the robot's, milliseconds. */
export const CLOCK_SKEW_MS_MAX = 2_000;
/** Brackets within brackets; deeper JSON is not looked at. */
export const NESTING_MAX = 32;

const envelope = {
  id: id.meta(about("New for every command; the answer carries it")),
  sequence: count.meta(
    about("Greater than that of every earlier command of this commander, on both topics (count); milliseconds since 1970 do"),
  ),
  issuedAt: utc.meta(about("When it was given, by the commander's clock (ISO 8601, UTC)")),
  expiresAt: utc.meta(about(`From then on it must not be carried out, at most ${LIFETIME_MS_MAX / 1000} s after issuedAt (ISO 8601, UTC)`)),
  commander,
  token: z.string().min(1).max(256).optional().meta(about("The commander's secret, where the robot's launch file has one")),
  answerTopic: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta(about("Where the answer shall go: responses (as when left out) or a topic below it")),
};

const task = taskTreeSchema.superRefine((tree, context) => {
  if (namesFiles(tree))
    context.addIssue({ code: "custom", message: 'goal source "files" reads the robot\'s own disk; it is not taken from afar' });
});

export const orderSchema = z
  .strictObject({ ...envelope, task: task.meta(about("What to do, as in a launch file")) })
  .meta({ title: "order" });

export const instantActionSchema = z
  .strictObject({
    ...envelope,
    action: z
      .discriminatedUnion("type", [
        z.strictObject({ type: z.literal("start").meta(about("Begin the task that the robot has")) }),
        z.strictObject({
          type: z.literal("stop").meta(about("Come to rest and end the task; never too late, never out of order")),
        }),
        z.strictObject({ type: z.literal("hold").meta(about("Come to rest; the task waits")) }),
        z.strictObject({ type: z.literal("resume").meta(about("Go on after hold")) }),
        z.strictObject({ type: z.literal("confirm").meta(about("Let the skill that asks begin")) }),
        z.strictObject({ type: z.literal("decline").meta(about("Let the skill that asks fail")) }),
        z.strictObject({ type: z.literal("restart-skill").meta(about("Begin the skill in progress anew, as the same attempt")) }),
        z.strictObject({ type: z.literal("abort").meta(about("Give the task up and be idle")) }),
        z.strictObject({ type: z.literal("reset").meta(about("Become ready again after stop or a fault")) }),
        z.strictObject({
          type: z.literal("urgent").meta(about("Do one of the robot's urgent tasks now; what it does goes on after it")),
          name: id.meta(about("Of the task, as the factsheet lists it")),
        }),
        z.strictObject({
          type: z.literal("limitSpeed").meta(about("Go slower from the next decision on")),
          share: z.number().min(0.05).max(1).meta(about("Share of the usual speed (unit-free, 0.05..1)")),
        }),
        z.strictObject({
          type: z.literal("limitTool").meta(about("From the next decision on, never looser than the launch file")),
          maxToolSpeedMPerS: z.number().positive().max(3).exactOptional().meta(about("The tool goes no faster [m/s]")),
          payloadKg: z.number().min(0).max(PAYLOAD_KG_MAX).exactOptional().meta(about("What the tool carries [kg]")),
        }),
        z.strictObject({
          type: z.literal("record").meta(about("Keep what happens; the answer comes once it is done")),
          what: z
            .enum(RECORDING_WISHES)
            .meta(about("start a recording in the robot's own folder, stop it, or save the newest seconds where they are kept")),
        }),
        z.strictObject({ type: z.literal("stateRequest").meta(about("Say the state again")) }),
        z.strictObject({ type: z.literal("factsheetRequest").meta(about("Say the factsheet again")) }),
      ])
      .meta(about("What to do")),
  })
  .meta({ title: "instantActions" });

export type Order = z.output<typeof orderSchema>;
export type InstantAction = z.output<typeof instantActionSchema>;
export type Command = ({ readonly topic: "order" } & Order) | ({ readonly topic: "instantActions" } & InstantAction);

export const commandSchemas = { order: orderSchema, instantActions: instantActionSchema } as const;

/** Stopping is always allowed to be late. */
export const isStop = (command: Command): boolean => command.topic === "instantActions" && command.action.type === "stop";

function namesFiles(node: TaskNode): boolean {
  if ("skill" in node || "condition" in node) {
    const { goal } = node; // One that is named is the launch file's own.
    return typeof goal !== "string" && goal.kind === "image" && goal.source === "files";
  }
  return childrenOf(node, "").some((child) => namesFiles(child.node));
}
