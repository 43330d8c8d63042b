/** Questions to the arm's ROS node that are no motion: transforms between frames, the robot's description, and how it stands. */
import * as z from "zod";
import type { Clock } from "../../../core/clock.ts";
import { AgentError } from "../../../core/errors.ts";
import type { TfMsg } from "../messages.ts";
import type { RosNode } from "../node.ts";
import { askOnce } from "../one-time.ts";
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
export function createLookups(ros: RosNode, clock: Clock, status: () => object) {
  let buffer: TfBuffer | null = null;
  const description = askOnce<{ readonly data: string }, string>({
    ...{ ros, clock, type: "std_msgs/msg/String", topic: "robot_description", qos: "latched" },
    read: ({ data }) => (data.length <= DESCRIPTION_LENGTH_MAX ? data : null),
  });
  const listen = (): TfBuffer => {
    const tf = createTfBuffer();
    ros.subscribe<TfMsg>("tf2_msgs/msg/TFMessage", "/tf", "tf", ({ transforms }) => tf.add(transforms, false));
    ros.subscribe<TfMsg>("tf2_msgs/msg/TFMessage", "/tf_static", "latchedMany", ({ transforms }) => tf.add(transforms, true));
    return tf;
  };
  return {
    async answer(name: string, payload: unknown): Promise<unknown> {
      if (name === "status") return status();
      if (name === "description") return description();
      if (name !== "transform")
        throw new AgentError(
          "robot.rejected",
          `ask "${name}": a ROS 2 arm answers status, description, camera-infos, transform, picture and gripper; ask one of them`,
        );
      const question = transformQuestion.safeParse(payload);
      if (!question.success) throw new AgentError("robot.rejected", 'ask "transform": needs { target, source, rosNs }; give all three');
      buffer ??= listen();
      const { target, source, rosNs } = question.data;
      return buffer.lookup(target, source, rosNs);
    },
  };
}
