/** `backend.kind: ros2`: its keys are the bridge's own. */
import * as z from "zod";
import { rosBackendShape, rosEvaluationSchema } from "../../../runtime/bridge/ros2/config.ts";
import { sceneSchema } from "../../config/schema-scene.ts";
import { about } from "../../config/schema-terms.ts";

export const ros2Schema = z
  .strictObject({
    kind: z.literal("ros2").meta(about("An arm behind ROS 2: a vendor's driver, ros2_control, or a simulator")),
    ...rosBackendShape,
    evaluation: rosEvaluationSchema
      .extend({ scene: sceneSchema.prefault({}) })
      .nullable()
      .default(null)
      .meta(
        about(
          "With a simulated arm: the services that eval, and goals rendered by the simulator, need, and what stands there; null for a real arm",
        ),
      ),
  })
  .meta(about("A robot on a ROS 2 graph"));

export type Ros2Section = z.output<typeof ros2Schema>;
