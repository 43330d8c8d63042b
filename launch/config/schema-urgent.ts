/** The section `urgent` of a launch file: tasks by name that wait, and come before the one in hand when somebody says their name. */
import * as z from "zod";
import { taskTreeSchema, URGENCY_MAX } from "../../runtime/supervise/task-tree.ts";
import { about } from "./schema-terms.ts";

/** Each is a button of the page and a service in ROS. */
const URGENT_MAX = 16;

/** ROS has no other names. */
const urgentName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "a small letter, then small letters, digits and underscore, at most 32");

export const urgentSchema = z
  .record(
    urgentName,
    z.strictObject({
      urgency: z
        .int()
        .min(1)
        .max(URGENCY_MAX)
        .default(1)
        .meta(about("It comes before tasks of a lower urgency only (1 to 9); the task has 0")),
      task: taskTreeSchema.meta(about("What to do, as in task")),
    }),
  )
  .refine((tasks) => Object.keys(tasks).length <= URGENT_MAX, `at most ${URGENT_MAX} of them`)
  .default({})
  .meta(
    about(
      "Tasks that wait until somebody says their name (page, MQTT, ROS): then they come first, and the task in hand goes on after them",
    ),
  );
