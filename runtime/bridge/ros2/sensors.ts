/** What an arm and its cameras publish, as samples: subscriptions with fitting QoS, conversions, stamps on our clock, and words for what does not fit. */
import { Subject } from "rxjs";
import { type Clock, NS_PER_MS } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import { gripperField } from "../../core/gripper.ts";
import type { CameraSpec, Frame, GripperReading, JointState, Sample } from "../../core/sensing.ts";
import { compareCameraInfo } from "./camera-info.ts";
import { readCompressedImage } from "./compressed-image.ts";
import type { RosBackendConfig, RosCameraConfig } from "./config.ts";
import { fitPicture, imageParts, type Picture, type PictureReading, readImage } from "./image.ts";
import { createVelocityFill, type Fingers, readFingers, readJointState } from "./joint-state.ts";
import type { CameraInfoMsg, CompressedImageMsg, ImageMsg, JointStateMsg, TimeMsg } from "./messages.ts";
import type { RosNode } from "./node.ts";
import { askOnce, type OneTime } from "./one-time.ts";
import type { RosClock } from "./ros-clock.ts";
import { fromTimeMsg } from "./time.ts";
import { toldAs } from "./told-as.ts";

export interface SensorsOptions {
  readonly ros: RosNode;
  readonly rosClock: RosClock;
  readonly clock: Clock;
  readonly backend: Pick<RosBackendConfig, "joints" | "cameras">;
  readonly cameras: readonly CameraSpec[];
  /** ROS's joint names, in the order of the spec. */
  readonly names: readonly string[];
  /** ROS's names of the fingers' joints; where a message has them all, the opening is felt. */
  readonly fingers?: Fingers | undefined;
  readonly onFault: (error: AgentError) => void;
  readonly warn: (text: string) => void;
}

export interface Sensors {
  readonly samples: Subject<Sample>;
  /** The newest whole reading, or null before the first. */
  readonly joints: JointState | null;
  /** The newest picture of a camera as it came, before it was fitted. */
  picture(camera: string): Picture | null;
  /** Pictures of all cameras once they and the joints are of this ROS time or later, and what is not yet. */
  shown(sinceRosNs: bigint): { readonly frames: readonly Frame[]; readonly missing: readonly string[] };
  /** What the description of each camera that has one, on its topic, has against the model's; waits for it within bounds. */
  infos(): Promise<Readonly<Record<string, { readonly topic: string; readonly info: OneTime<readonly string[]> }>>>;
  /** What has not come yet, for people; empty when all is there. */
  missing(): readonly string[];
}

const JOINT_STATE = "sensor_msgs/msg/JointState";
/** Messages without the arm's joints, in a row and for this long, are a fault. */
const INCOMPLETE_MS_MAX = 500;

export function openSensors(options: SensorsOptions): Sensors {
  const samples = new Subject<Sample>();
  const joints = openJoints(options, samples);
  const cameras = new Map(options.cameras.map((spec) => [spec.name, openCamera(options, spec, samples)]));
  options.ros.onDispose(() => samples.complete());
  return {
    samples,
    get joints() {
      return joints.newest;
    },
    picture: (camera) => cameras.get(camera)?.newest ?? null,
    shown(sinceRosNs) {
      const sources = [...cameras.values()];
      const old = [{ name: `"${options.backend.joints.topic}"`, ...joints }, ...sources].filter(({ rosNs }) => rosNs < sinceRosNs);
      return { frames: sources.flatMap(({ frame }) => frame ?? []), missing: old.map(({ name }) => name) };
    },
    async infos() {
      const asked = [...cameras].flatMap(([name, { info }]) => (info ? [{ name, ...info }] : []));
      return Object.fromEntries(
        await Promise.all(asked.map(async ({ name, topic, ask }) => [name, { topic, info: await ask() }] as const)),
      );
    },
    missing: () => [...joints.missing(), ...[...cameras.values()].flatMap((camera) => camera.missing())],
  };
}

/** When a message says it is of, in ROS time; its receipt where it carries no stamp. */
function rosTimeOf(stamp: TimeMsg, rosClock: RosClock, receivedNs: bigint): bigint {
  const rosNs = fromTimeMsg(stamp);
  return rosNs === 0n ? (rosClock.toOther(receivedNs) ?? 0n) : rosNs;
}

/** Our time of a message: its stamp where it has one that the clock map knows, else its receipt. */
function stampOn(stamp: TimeMsg, rosClock: RosClock, receivedNs: bigint): bigint | null {
  const rosNs = fromTimeMsg(stamp);
  return rosNs === 0n ? receivedNs : rosClock.toMono(rosNs);
}

function openJoints({ ros, rosClock, clock, backend, names, fingers, onFault }: SensorsOptions, samples: Subject<Sample>) {
  const { topic } = backend.joints;
  const fill = createVelocityFill();
  let found: readonly string[] | null = null;
  let lacking: readonly string[] = names;
  let incompleteSinceNs: bigint | null = null;
  let felt: GripperReading | undefined;
  const source = {
    newest: null as JointState | null,
    rosNs: 0n,
    missing: (): readonly string[] => {
      if (source.newest) return [];
      if (found === null) return [`nothing on "${topic}" (sensor_msgs/JointState)${toldAs(ros.node, topic, JOINT_STATE)}`];
      return [`joints ${lacking.join(", ")} on "${topic}", which has ${found.slice(0, 12).join(", ")}: set backend.joints.names`];
    },
  };
  const incomplete = (receivedNs: bigint): void => {
    if (source.newest === null) return; // Still connecting: `missing` says so.
    incompleteSinceNs ??= receivedNs;
    if (receivedNs - incompleteSinceNs < BigInt(INCOMPLETE_MS_MAX) * NS_PER_MS) return;
    incompleteSinceNs = receivedNs;
    onFault(
      new AgentError(
        "bridge.mismatch",
        `joints: "${topic}" has no ${lacking.join(", ")} for ${INCOMPLETE_MS_MAX} ms, only ${(found ?? []).slice(0, 12).join(", ")}; see who publishes there, then resume`,
      ),
    );
  };
  ros.subscribe<JointStateMsg>(JOINT_STATE, topic, "joints", (message) => {
    const receivedNs = clock.nowNs();
    const reading = readJointState(message, names);
    if (reading.kind === "incomplete") {
      felt = (fingers && readFingers(message, fingers)) ?? felt;
      [found, lacking] = [reading.found, reading.missing];
      incomplete(receivedNs);
      return;
    }
    incompleteSinceNs = null;
    const stampNs = stampOn(message.header.stamp, rosClock, receivedNs);
    if (stampNs === null) return; // /clock has not come yet.
    felt = (fingers && readFingers(message, fingers)) ?? felt; // Some drivers tell the fingers in messages of their own.
    source.newest = { ...fill(reading, stampNs, receivedNs), ...gripperField(felt) };
    source.rosNs = rosTimeOf(message.header.stamp, rosClock, receivedNs);
    samples.next({ kind: "joints", joints: source.newest });
  });
  return source;
}

function openCamera(options: SensorsOptions, spec: CameraSpec, samples: Subject<Sample>) {
  const { ros, rosClock, clock, backend, warn } = options;
  const config = backend.cameras[spec.name];
  if (!config)
    throw new AgentError("launch.invalid", `camera "${spec.name}": backend.cameras does not say where it publishes; name its topic there`);
  const { infoTopic } = config;
  let unreadable: string | null = null;
  const source = {
    name: `camera "${spec.name}"`,
    info: infoTopic === null ? null : { topic: infoTopic, ask: watchInfo(options, spec, infoTopic) },
    newest: null as Picture | null,
    frame: null as Frame | null,
    rosNs: 0n,
    missing: (): readonly string[] =>
      source.newest
        ? []
        : [missingPicture(spec, config, unreadable ? `: ${unreadable}` : toldAs(ros.node, config.topic, imageType(config)))],
  };
  const show = (reading: PictureReading, stamp: TimeMsg, receivedNs: bigint): void => {
    if (reading.kind === "unreadable") {
      if (unreadable !== reading.why) warn(`camera "${spec.name}": ${reading.why}; picture dropped`);
      unreadable = reading.why;
      return;
    }
    const stampNs = stampOn(stamp, rosClock, receivedNs);
    if (stampNs === null) return;
    source.newest = reading.picture;
    source.frame = { camera: spec.name, ...fitPicture(reading.picture, spec), stampNs, receivedNs };
    source.rosNs = rosTimeOf(stamp, rosClock, receivedNs);
    samples.next({ kind: "frame", frame: source.frame });
  };
  const qos = config.reliability === "reliable" ? "reliable" : "sensor";
  if (config.compressed) ros.subscribe<CompressedImageMsg>(imageType(config), config.topic, qos, unpackNewest(clock, show));
  else
    ros.subscribe<ImageMsg>(imageType(config), config.topic, qos, (message) =>
      show(readImage(imageParts(message), config.depthM), message.header.stamp, clock.nowNs()),
    );
  return source;
}

const imageType = ({ compressed }: RosCameraConfig): string => (compressed ? "sensor_msgs/msg/CompressedImage" : "sensor_msgs/msg/Image");

const missingPicture = ({ name }: CameraSpec, { topic, compressed }: RosCameraConfig, why: string): string =>
  `no picture of camera "${name}" on "${topic}" (sensor_msgs/${compressed ? "CompressedImage" : "Image"})${why}`;

/** Unpacking takes longer than a beat: one at a time, and of those that come meanwhile only the newest. */
function unpackNewest(clock: Clock, show: (reading: PictureReading, stamp: TimeMsg, receivedNs: bigint) => void) {
  let next: { readonly message: CompressedImageMsg; readonly receivedNs: bigint } | null = null;
  let busy = false;
  const run = async (): Promise<void> => {
    busy = true;
    while (next) {
      const { message, receivedNs } = next;
      next = null;
      show(await readCompressedImage(message), message.header.stamp, receivedNs);
    }
    busy = false;
  };
  return (message: CompressedImageMsg): void => {
    next = { message, receivedNs: clock.nowNs() };
    if (!busy) void run();
  };
}

/** Says once, and again when it changes, what a camera's own description has against the model's. */
function watchInfo({ ros, clock, warn }: SensorsOptions, spec: CameraSpec, topic: string): () => Promise<OneTime<readonly string[]>> {
  let told = "";
  const read = (info: CameraInfoMsg): readonly string[] => {
    const differences = compareCameraInfo(info, spec);
    const text = differences.join("; ");
    if (text !== told && text) warn(text);
    told = text;
    return differences;
  };
  return askOnce<CameraInfoMsg, readonly string[]>({ ros, clock, type: "sensor_msgs/msg/CameraInfo", topic, qos: "sensor", read });
}
