/** Messages of every kind that the bridge reads or writes, with every field set to something that shows when it is lost, cut or moved. */
import sharp from "sharp";
import { createRng } from "../../runtime/core/rng.ts";

export interface KnownMessages {
  readonly type: string;
  readonly topic: string;
  readonly qos: "reliable" | "sensor" | "latched";
  readonly messages: readonly object[];
}

const rng = createRng(7);
const numbers = (count: number): number[] => Array.from({ length: count }, () => rng.between(-3, 3));
const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(rng.between(0, 256)));
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const header = (index: number, frame_id = `frame ${index} äöü`) => ({
  stamp: { sec: 1_800_000_000 + index, nanosec: 999_999_999 - index },
  frame_id,
});
const point = () => ({ x: rng.between(-1, 1), y: rng.between(-1, 1), z: rng.between(-1, 1) });
const turn = () => ({ ...point(), w: rng.between(-1, 1) });

const JOINT_STATES = 200;
const IMAGES = 8;
const ENCODINGS = { rgb8: 3, bgr8: 3, rgba8: 4, mono8: 1 } as const;

const jointState = (index: number) => ({
  header: header(index),
  name: times(7, (joint) => `joint_${joint}`),
  position: numbers(7),
  velocity: index % 3 ? numbers(7) : [],
  effort: index % 2 ? numbers(7) : [],
});

function image(index: number) {
  const encoding = (Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])[index % 4]!;
  const [width, height] = [640, 480];
  const step = width * ENCODINGS[encoding] + (index > 3 ? 16 : 0); // Padded rows too.
  return { header: header(index), height, width, encoding, is_bigendian: index % 2, step, data: bytes(step * height) };
}

async function compressedImage(index: number) {
  const picture = sharp(bytes(64 * 48 * 3), { raw: { width: 64, height: 48, channels: 3 } });
  const format = index % 2 ? "png" : "jpeg";
  return { header: header(index), format, data: new Uint8Array(await picture.toFormat(format).toBuffer()) };
}

const cameraInfo = (index: number) => ({
  header: header(index),
  height: 480,
  width: 640,
  distortion_model: "plumb_bob",
  d: numbers(5),
  k: numbers(9),
  r: numbers(9),
  p: numbers(12),
  binning_x: 1,
  binning_y: 2,
  roi: { x_offset: 3, y_offset: 4, height: 5, width: 6, do_rectify: index % 2 === 0 },
});

const transforms = (index: number) => ({
  transforms: times(3, (each) => ({
    header: header(index, `parent_${each}`),
    child_frame_id: `child_${each}`,
    transform: { translation: point(), rotation: turn() },
  })),
});

const trajectory = (index: number) => ({
  header: header(index),
  joint_names: times(6, (joint) => `joint_${joint}`),
  points: times(4, (at) => ({
    positions: numbers(6),
    velocities: numbers(6),
    accelerations: numbers(6),
    effort: [],
    time_from_start: { sec: at, nanosec: 500_000_000 },
  })),
});

const diagnostics = (index: number) => ({
  header: header(index),
  status: times(2, (level) => ({
    level,
    name: `foresight: part ${level}`,
    message: "said",
    hardware_id: "panda",
    values: times(3, (each) => ({ key: `key ${each}`, value: `value ${each}` })),
  })),
});

/** Both ways over each topic. */
export async function knownMessages(): Promise<readonly KnownMessages[]> {
  return [
    { type: "sensor_msgs/msg/JointState", topic: "joints", qos: "reliable", messages: times(JOINT_STATES, jointState) },
    { type: "sensor_msgs/msg/Image", topic: "image", qos: "reliable", messages: times(IMAGES, image) },
    {
      type: "sensor_msgs/msg/CompressedImage",
      topic: "compressed",
      qos: "reliable",
      messages: await Promise.all(times(6, compressedImage)),
    },
    { type: "sensor_msgs/msg/CameraInfo", topic: "info", qos: "reliable", messages: times(5, cameraInfo) },
    { type: "tf2_msgs/msg/TFMessage", topic: "tf", qos: "reliable", messages: times(20, transforms) },
    { type: "tf2_msgs/msg/TFMessage", topic: "tf_static", qos: "latched", messages: times(3, transforms) },
    {
      type: "rosgraph_msgs/msg/Clock",
      topic: "some_clock",
      qos: "reliable",
      messages: times(20, (sec) => ({ clock: { sec, nanosec: sec * 7 } })),
    },
    { type: "trajectory_msgs/msg/JointTrajectory", topic: "trajectory", qos: "reliable", messages: times(10, trajectory) },
    {
      type: "std_msgs/msg/Float64MultiArray",
      topic: "stream",
      qos: "reliable",
      messages: times(20, () => ({ layout: { dim: [{ label: "joints", size: 7, stride: 7 }], data_offset: 0 }, data: numbers(7) })),
    },
    { type: "diagnostic_msgs/msg/DiagnosticArray", topic: "some_diagnostics", qos: "reliable", messages: times(5, diagnostics) },
    {
      type: "foresight_msgs/msg/AgentState",
      topic: "agent_state",
      qos: "latched",
      messages: times(3, (index) => ({
        stamp: header(index).stamp,
        agent: "running",
        task: "running",
        skill: "reach",
        reason: `Because ${index}.`,
        may_act: index % 2 === 0,
      })),
    },
  ];
}
