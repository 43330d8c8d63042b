/** As much as a fast arm and a camera send, through the readers of the arm's own process, with the shipped DDS profile: every message counted, none lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { Ros2Driver } from "../../runtime/bridge/ros2/arm/driver.ts";
import { rosBackendDefaults } from "../../runtime/bridge/ros2/config.ts";
import { nsToMs } from "../../runtime/core/clock.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { clock, domainId, type Peer, rosSkip, startPython, until } from "./peer.ts";

const JOINTS = { topic: "joint_states", hz: 500 };
const PICTURES = { topic: "front/image_raw", hz: 30 };
const [widthPx, heightPx] = [640, 480];
const BOTH_S = 20;
const JOINTS_ALONE_S = 40;
const MIB = 2 ** 20;

/** As the models of this tree see: what comes is made this small on its way, as in earnest. */
const camera: CameraSpec = { name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.8, positionM: [1, 0, 0.6], targetM: [0.5, 0, 0] };

test("joint states at 500 Hz for 60 s, and 640x480 pictures at 30 Hz for the first 20 s of it, lose none", {
  skip: rosSkip,
}, async (context) => {
  await using arm = await startPython("partner.py", []);
  await using eye = await startPython("partner.py", []);
  const numbers = pandaSpec.joints.map(() => 0);
  const joints = { name: pandaSpec.joints.map(({ name }) => name), position: numbers, velocity: numbers };
  await arm.order({ stream: { ...JOINTS, type: "sensor_msgs/msg/JointState", qos: "sensor", message: joints } });
  const picture = { width: widthPx, height: heightPx, step: widthPx * 3, encoding: "rgb8" };
  await eye.order({ stream: { ...PICTURES, type: "sensor_msgs/msg/Image", qos: "sensor", message: picture } });

  const backend = rosBackendDefaults({
    node: { domainId, discovery: "localhost" },
    cameras: { front: { topic: PICTURES.topic } },
    bringUp: "shadow",
  });
  const driver = await Ros2Driver.create({ spec: pandaSpec, cameras: [camera], backend, clock, warn: console.error });
  const heard: Record<"joints" | "frame", Heard> = { joints: { counts: [], ageMs: [] }, frame: { counts: [], ageMs: [] } };
  driver.samples(new AbortController().signal).subscribe((sample) => {
    const { stampNs, receivedNs } = sample.kind === "joints" ? sample.joints : sample.frame;
    const { counts, ageMs } = heard[sample.kind];
    counts.push(sample.kind === "joints" ? sample.joints.positionRad[0]! : countIn(sample.frame.rgb));
    ageMs.push(nsToMs(receivedNs - stampNs));
  });
  try {
    const rssMiB = [residentMiB()];
    const from = { joints: await sent(arm, JOINTS.topic), frame: await sent(eye, PICTURES.topic) };
    await clock.sleep(BOTH_S * 1e3);
    const pictures = await sent(eye, PICTURES.topic);
    rssMiB.push(residentMiB());
    await until(() => heard.frame.counts.at(-1)! >= pictures - 1, "the last picture that was sent");
    eye.process.kill("SIGKILL");
    await clock.sleep(JOINTS_ALONE_S * 1e3);
    const states = await sent(arm, JOINTS.topic);
    await until(() => heard.joints.counts.at(-1)! >= states - 1, "the last joint state that was sent");
    rssMiB.push(residentMiB());
    context.diagnostic(`joint states at ${JOINTS.hz} Hz, ${BOTH_S + JOINTS_ALONE_S} s: ${judge(heard.joints, from.joints, states)}`);
    context.diagnostic(`${widthPx}x${heightPx} rgb8 at ${PICTURES.hz} Hz, ${BOTH_S} s: ${judge(heard.frame, from.frame, pictures)}`);
    context.diagnostic(`resident at the start, after ${BOTH_S} s and at the end: ${rssMiB.map((it) => it.toFixed(0)).join(", ")} MiB`);
  } finally {
    await driver[Symbol.asyncDispose]();
  }
});

interface Heard {
  /** Numbers that the sender gave, as they came. */
  readonly counts: number[];
  readonly ageMs: number[];
}

/** Asserts that all came, once and in order; in words how many and how late. */
function judge({ counts, ageMs }: Heard, from: number, to: number): string {
  const came = counts.flatMap((count, index) => (count >= from && count < to ? [{ count, ageMs: ageMs[index]! }] : []));
  const numbers = new Set(came.map(({ count }) => count));
  const expected = Array.from({ length: to - from }, (_, index) => from + index);
  const lost = expected.filter((count) => !numbers.has(count));
  assert.deepEqual(lost.slice(0, 20), [], `${lost.length} of ${expected.length} lost, the first of them`);
  assert.deepEqual(
    came.map(({ count }) => count),
    expected,
    "once and in order",
  );
  const agesMs = came.map((each) => each.ageMs);
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(agesMs, share).toFixed(2));
  return `${came.length} of ${expected.length} came; latency p50 ${p50}, p99 ${p99}, max ${max} ms`;
}

/** The partner numbers a picture in red and green, all pixels alike. */
function countIn(rgb: Uint8Array): number {
  assert.deepEqual(rgb.subarray(0, 3), rgb.subarray(-3), "a whole picture of one number");
  return rgb[0]! * 256 + rgb[1]!;
}

async function sent(partner: Peer, topic: string): Promise<number> {
  return Number((await partner.ask("sent", topic))["count"]);
}

const residentMiB = (): number => process.memoryUsage.rss() / MIB;
