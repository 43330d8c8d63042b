/** What a launch file may say about ROS 2: the node itself, its topics and actions, and how patient it is. */
import * as z from "zod";

const about = (description: string) => ({ description });
const topic = z.string().regex(/^[~/A-Za-z_][A-Za-z0-9_/~{}]*$/, "a ROS name: letters, digits, _ and / only");
const milliseconds = (fallback: number, max: number, what: string) =>
  z
    .number()
    .positive()
    .max(max)
    .default(fallback)
    .meta(about(`${what} [ms]`));

/** How ROS sees this process. What is left out is taken from the environment, as every ROS node does. */
export const rosNodeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a ROS node name")
    .default("foresight")
    .meta(about("Name of the node; the process that holds the arm is called the same with _arm at the end")),
  namespace: topic.or(z.literal("")).default("").meta(about("Namespace of the node, as in -r __ns:=")),
  domainId: z.int().min(0).max(232).nullable().default(null).meta(about("ROS_DOMAIN_ID; null for the environment's (number)")),
  discovery: z
    .enum(["environment", "localhost", "subnet", "off"])
    .default("environment")
    .meta(about("How far other ROS processes are looked for: ROS_AUTOMATIC_DISCOVERY_RANGE")),
  remap: z.record(z.string(), z.string()).default({}).meta(about("Names changed, from: to, as in -r from:=to")),
  rosArgs: z.array(z.string()).max(64).default([]).meta(about("More of what follows --ros-args on a command line")),
  baseFrame: z.string().min(1).max(200).default("base_link").meta(about("What ROS calls the robot's base frame: markers are drawn in it")),
  useSimTime: z.boolean().default(false).meta(about("Time comes from /clock, as a simulator gives it")),
});
export type RosNodeConfig = z.output<typeof rosNodeSchema>;

const rosJointsSchema = z.strictObject({
  topic: topic.default("joint_states").meta(about("sensor_msgs/JointState")),
  names: z
    .record(z.string(), z.string())
    .default({})
    .meta(about("Where ROS calls a joint otherwise than the robot's spec, spec name: ROS name")),
});

export const rosCameraSchema = z.strictObject({
  topic: topic.meta(about("sensor_msgs/Image, or CompressedImage when compressed")),
  compressed: z.boolean().default(false).meta(about("jpeg or png instead of raw pixels")),
  infoTopic: topic.nullable().default(null).meta(about("sensor_msgs/CameraInfo, compared with the camera of this file; null for none")),
  depthM: z
    .tuple([z.number().min(0).max(100), z.number().positive().max(100)])
    .refine(([near, far]) => near < far, "the near end must be below the far end")
    .nullable()
    .default(null)
    .meta(about("Of a depth camera (16UC1, 32FC1): the distances that are white and black in the picture made of it, near, far [m]")),
  reliability: z.enum(["best-effort", "reliable"]).default("best-effort").meta(about("Best effort hears both kinds of publisher")),
});
export type RosCameraConfig = z.output<typeof rosCameraSchema>;

export const rosCommandSchema = z.strictObject({
  kind: z
    .enum(["action", "topic", "stream"])
    .default("action")
    .meta(
      about(
        "action: FollowJointTrajectory goals; topic: the same as JointTrajectory messages, without answers; stream: Float64MultiArray positions at the stream's rate",
      ),
    ),
  name: topic.default("joint_trajectory_controller/follow_joint_trajectory").meta(about("Name of the action or topic")),
  start: z
    .enum(["now", "stamped"])
    .default("now")
    .meta(about("now: the controller starts a goal when it comes; stamped: at its time stamp, for clocks that agree within milliseconds")),
  maxAcceptMs: milliseconds(300, 5000, "A goal not answered for this long is a fault"),
  maxFinishMs: milliseconds(1000, 10_000, "A goal still running this long after its end is cancelled and a fault"),
  goalToleranceRad: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .meta(about("Where the arm must be at a goal's end [rad], 0 for the controller's own")),
  maxTrackingRad: z
    .number()
    .positive()
    .max(1)
    .default(0.2)
    .meta(about("An arm further than this from what was commanded is moved by someone else, or stuck [rad]")),
  maxTrackingMs: milliseconds(500, 5000, "for longer than this"),
});
export type RosCommandConfig = z.output<typeof rosCommandSchema>;

export const rosGripperSchema = z.strictObject({
  kind: z
    .enum(["gripper-command", "parallel"])
    .default("gripper-command")
    .meta(about("control_msgs/GripperCommand or ParallelGripperCommand")),
  name: topic.meta(about("Name of the action")),
  joint: z.string().default("").meta(about("ParallelGripperCommand's joint")),
  openM: z.number().min(-1).max(1).default(0.08).meta(about("Position that is open [m], for some drivers [rad]")),
  closedM: z.number().min(-1).max(1).default(0).meta(about("Position that is closed [m], for some drivers [rad]")),
  maxEffortN: z.number().min(0).max(1000).default(20).meta(about("Strongest grip [N]; 0 for the driver's own")),
  timeoutMs: milliseconds(4000, 60_000, "A gripper that is not done by then is a fault"),
  atStart: z.enum(["open", "closed"]).nullable().default(null).meta(about("What to do before the first motion; null for nothing")),
});
export type RosGripperConfig = z.output<typeof rosGripperSchema>;

/** A topic of the vendor's that says whether the arm may move, or how fast. */
const safetyTopic = {
  topic: topic.meta(about("Whose messages are judged")),
  type: z
    .string()
    .regex(/^\w+\/msg\/\w+$/, "package/msg/Name")
    .meta(about("Their type, such as std_msgs/msg/Bool or ur_dashboard_msgs/msg/SafetyMode")),
  field: z
    .string()
    .regex(/^\w+(\.\w+)*$/, "a field, or fields joined by dots")
    .default("data")
    .meta(about("The field that counts")),
  latched: z.boolean().default(false).meta(about("The publisher keeps its last message for those who come later")),
  maxSilenceMs: z
    .number()
    .positive()
    .max(60_000)
    .nullable()
    .default(null)
    .meta(about("A topic that says nothing for this long stops the arm, null for topics that only speak when something changes [ms]")),
};
export const rosSafetySchema = z.discriminatedUnion("means", [
  z
    .strictObject({
      means: z.literal("may-move").meta(about("The arm may move while the field has one of these values; any other stops it")),
      values: z
        .array(z.union([z.boolean(), z.number(), z.string()]))
        .min(1)
        .max(32)
        .meta(about("The good ones: true, 1, ...")),
      ...safetyTopic,
    })
    .meta(about("Protective stop, emergency stop, robot mode")),
  z
    .strictObject({
      means: z.literal("speed").meta(about("The field is a speed scaling")),
      full: z.number().positive().default(1).meta(about("Its value at full speed: 1, or 100 where it is in percent (unit-free)")),
      ...safetyTopic,
    })
    .meta(about("A slow-down that the agent follows")),
]);
export type RosSafetyConfig = z.output<typeof rosSafetySchema>;

/** How a simulated arm behind ROS is put at the start of an episode and asked for the truth. A real arm has none of this. */
export const rosEvaluationSchema = z.strictObject({
  setWorld: topic.default("set_world").meta(about("foresight_msgs/SetWorld: puts arm and object somewhere")),
  getWorld: topic.default("get_world").meta(about("foresight_msgs/GetWorld: where they really are")),
  episode: z
    .string()
    .min(1)
    .optional()
    .meta(about("Whose starts and goals are drawn, the name of a skill; left out: of the task's first skill that has any")),
  sceneSeed: z.int().min(0).max(0xffff_ffff).default(1).meta(about("Seed of the start and the goal of `run`")),
  timeoutMs: milliseconds(10_000, 60_000, "A service or a picture of the new place that takes longer is a fault"),
});
export type RosEvaluationConfig = z.output<typeof rosEvaluationSchema>;

/** `backend.kind: ros2` without its kind. */
export const rosBackendShape = {
  node: rosNodeSchema.prefault({}).meta(about("How ROS sees this process")),
  joints: rosJointsSchema.prefault({}).meta(about("Where the arm tells its joints")),
  cameras: z.record(z.string(), rosCameraSchema).default({}).meta(about("Where each camera of this file publishes, by its name")),
  command: rosCommandSchema.prefault({}).meta(about("How the arm is moved")),
  gripper: rosGripperSchema.nullable().default(null).meta(about("The gripper, or null")),
  lifecycle: z
    .enum(["auto", "ready", "managed"])
    .default("auto")
    .meta(
      about(
        "auto: configures and activates itself, does its task and ends; ready: waits for start or for RunSkill goals; managed: waits for a lifecycle manager",
      ),
    ),
  safety: z.array(rosSafetySchema).max(16).default([]).meta(about("Topics of the vendor's that stop the arm or slow it down")),
  bringUp: z
    .enum(["shadow", "jog", "slow", "normal"])
    .default("normal")
    .meta(
      about(
        "How far this arm may be used: shadow sends nothing to it; jog only foresight jog; slow a tenth of the speed; normal, on a real arm, only after the others were done with this file",
      ),
    ),
  evaluation: rosEvaluationSchema
    .nullable()
    .default(null)
    .meta(about("With a simulated arm: the services that eval, and goals rendered by the simulator, need; null for a real arm")),
  connectTimeoutMs: milliseconds(10_000, 120_000, "How long to wait at the start for joints, cameras, clock and controller"),
  maxClockSilenceMs: milliseconds(500, 10_000, "With useSimTime: a /clock that stands still for this long is a fault"),
  resume: z
    .enum(["operator", "self"])
    .default("operator")
    .meta(about("After a fault that is gone: wait for resume (operator), or go on when all is well again (self)")),
} as const;
const rosBackendSchema = z.strictObject(rosBackendShape);
export type RosBackendConfig = z.output<typeof rosBackendSchema>;

/** Every default filled in. */
export const rosBackendDefaults = (changes: z.input<typeof rosBackendSchema> = {}): RosBackendConfig => rosBackendSchema.parse(changes);
