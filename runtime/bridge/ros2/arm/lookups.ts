/** Questions to the arm's ROS node that are no motion: transforms between frames, the robot's description, and how it stands. */
import * as z from "zod";
import { AgentError } from "../../../core/errors.ts";
import type { TfMsg } from "../messages.ts";
import type { RosNode } from "../node.ts";
import { createTfBuffer, type TfBuffer } from "../tf-buffer.ts";

const transformQuestion = z.strictObject({
  target: z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  /** ROS time, nanoseconds; null for the newest. */
  rosNs: z.bigint().nullable().default(null),
});

/** Of a URDF, characters. */
const DESCRIPTION_LENGTH_MAX = 4_000_000;

/** Transforms are listened to from the first question on. */
export function createLookups(ros: RosNode, status: () => object) {
  let buffer: TfBuffer | null = null;
  let description: { text: string | null } | null = null;
  /** Latched: it comes soon after the first question, or there is none. */
  const describe = (): string | null => {
    if (description) return description.text;
    const heard = { text: null as string | null };
    description = heard;
    ros.subscribe<{ readonly data: string }>("std_msgs/msg/String", "robot_description", "latched", ({ data }) => {
      heard.text = data.length <= DESCRIPTION_LENGTH_MAX ? data : null;
    });
    return null;
  };
  const listen = (): TfBuffer => {
    const tf = createTfBuffer();
    ros.subscribe<TfMsg>("tf2_msgs/msg/TFMessage", "/tf", "tf", ({ transforms }) => tf.add(transforms, false));
    ros.subscribe<TfMsg>("tf2_msgs/msg/TFMessage", "/tf_static", "latchedMany", ({ transforms }) => tf.add(transforms, true));
    return tf;
  };
  return {
    answer(name: string, payload: unknown): unknown {
      if (name === "status") return status();
      if (name === "description") return describe();
      if (name !== "transform")
        throw new AgentError("robot.rejected", `ask "${name}": a ROS 2 arm answers status, description, transform, picture and gripper`);
      const question = transformQuestion.safeParse(payload);
      if (!question.success) throw new AgentError("robot.rejected", 'ask "transform": needs { target, source, rosNs }');
      buffer ??= listen();
      const { target, source, rosNs } = question.data;
      return buffer.lookup(target, source, rosNs);
    },
  };
}
