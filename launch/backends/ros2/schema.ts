/** `backend.kind: ros2`: its keys are the bridge's own. */
import * as z from "zod";
import { rosBackendShape } from "../../../runtime/bridge/ros2/config.ts";
import { about } from "../../config/schema-terms.ts";

export const ros2Schema = z
  .strictObject({
    kind: z.literal("ros2").meta(about("An arm behind ROS 2: a vendor's driver, ros2_control, or a simulator")),
    ...rosBackendShape,
  })
  .meta(about("A robot on a ROS 2 graph"));

export type Ros2Section = z.output<typeof ros2Schema>;
