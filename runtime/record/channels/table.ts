/** The one table of channels: what a recording holds and a live view shows, on which topic and in which schema. How each is filled is in messages-of.ts. */
import type { SchemaName } from "./schemas.ts";

export interface Channel {
  /** With {camera} where there is one for each camera. */
  readonly topic: string;
  readonly schema: SchemaName;
  readonly about: string;
  /** Its newest message is written again at the start of every file: all that follows is read with it. */
  readonly isKept?: true;
}

export const CHANNELS = {
  run: { topic: "/run", schema: "foresight.Run", about: "robot, model hash, launch configuration; once, at the start", isKept: true },
  calibration: {
    topic: "/calibration/{camera}",
    schema: "foxglove.CameraCalibration",
    about: "the camera's lens; once, at the start",
    isKept: true,
  },
  camera: { topic: "/camera/{camera}", schema: "foxglove.CompressedImage", about: "what the camera sees" },
  joints: {
    topic: "/joints",
    schema: "foxglove.JointStates",
    about: "measured joint positions [rad] and velocities [rad/s], and what each drive gives [N m] where it tells",
  },
  goal: { topic: "/goal", schema: "foresight.Goal", about: "what the agent is to bring about from now on", isKept: true },
  goalPicture: { topic: "/goal/{camera}", schema: "foxglove.CompressedImage", about: "a goal as the camera would see it", isKept: true },
  instant: {
    topic: "/instant",
    schema: "foresight.Instant",
    about:
      "when a decision began, looked at what, was judged, or failed, and what somebody told the desk: with it a run in real time is decided again bit for bit",
  },
  latent: { topic: "/latent", schema: "foresight.Latent", about: "what a decision believed" },
  plan: {
    topic: "/plan",
    schema: "foresight.Plan",
    about: "what it wants to do, the predicted latents and the imagined path of the tool [m]",
  },
  costs: { topic: "/costs", schema: "foresight.Costs", about: "the plan's cost by term, and how far the goal is" },
  verdict: { topic: "/verdict", schema: "foresight.Verdict", about: "what the guards said of it, and why" },
  segment: { topic: "/segment", schema: "foresight.Segment", about: "what the arm was told, joint set-points [rad]" },
  tick: {
    topic: "/tick",
    schema: "foresight.Tick",
    about: "the rest of a decision, and what its stages took [ms]; the last message of a decision",
  },
  places: {
    topic: "/tf_static",
    schema: "foxglove.FrameTransforms",
    about: "the cameras in the base frame; once, at the start",
    isKept: true,
  },
  transforms: { topic: "/tf", schema: "foxglove.FrameTransforms", about: "the tool in the base frame" },
  scene: { topic: "/scene", schema: "foxglove.SceneUpdate", about: "the imagined path, coloured by the verdict, and the goal" },
  state: { topic: "/state", schema: "foresight.State", about: "where the supervisor stands, and why", isKept: true },
  fault: { topic: "/fault", schema: "foresight.Fault", about: "what went wrong, and what was done about it" },
  motion: { topic: "/motion", schema: "foresight.Motion", about: "what became of a segment" },
  log: { topic: "/log", schema: "foxglove.Log", about: "states, faults and interventions of the guards in words" },
  end: { topic: "/end", schema: "foresight.End", about: "of a recording: how much was written, and why it ends" },
} as const satisfies Readonly<Record<string, Channel>>;

export const topicOf = ({ topic }: Channel, camera: string): string => topic.replace("{camera}", camera);

/** Every topic that a run with these cameras can have. */
export const channelsOf = ({ cameras }: { readonly cameras: readonly { readonly name: string }[] }): readonly Channel[] =>
  Object.values<Channel>(CHANNELS).flatMap((channel) =>
    channel.topic.includes("{camera}") ? cameras.map(({ name }) => ({ ...channel, topic: topicOf(channel, name) })) : [channel],
  );
