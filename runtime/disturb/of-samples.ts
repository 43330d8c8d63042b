/** Faults of cameras and joint encoders: what the senses are given instead of what was measured. */
import { NS_PER_MS } from "../core/clock.ts";
import { gripperField } from "../core/gripper.ts";
import type { Frame, GripperReading, JointState, Sample } from "../core/sensing.ts";
import type { FaultKind, Occasion } from "./fault.ts";

type ChangeFrame = (frame: Frame, occasion: Occasion) => Frame | null;
type ChangeJoints = (joints: JointState, occasion: Occasion) => JointState | null;

/** Pictures of one camera, while it lasts. */
const camera = (about: string, change: () => ChangeFrame, by?: FaultKind["by"]): FaultKind => ({
  about,
  of: "camera",
  ...(by && { by }),
  make(occasion) {
    const changed = change();
    return {
      samples(sample, atS) {
        if (sample.kind !== "frame" || sample.frame.camera !== occasion.of || !occasion.isOn(atS)) return [sample];
        const frame = changed(sample.frame, occasion);
        return frame === null ? [] : [{ kind: "frame", frame }];
      },
    };
  },
});

/** Readings of the joints, while it lasts. */
const encoders = (about: string, change: () => ChangeJoints, by?: FaultKind["by"]): FaultKind => ({
  about,
  of: "joint",
  ...(by && { by }),
  make(occasion) {
    const changed = change();
    return {
      samples(sample, atS) {
        if (sample.kind !== "joints" || !occasion.isOn(atS)) return [sample];
        const joints = changed(sample.joints, occasion);
        return joints === null ? [] : [{ kind: "joints", joints }];
      },
    };
  },
});

const everything = (about: string, change: (sample: Sample, occasion: Occasion) => readonly Sample[], by?: FaultKind["by"]): FaultKind => ({
  about,
  ...(by && { by }),
  make: (occasion) => ({ samples: (sample, atS) => (occasion.isOn(atS) ? change(sample, occasion) : [sample]) }),
});

/** Changes by an amount that it is given, where one is. */
const filled = (frame: Frame, value: number): Frame => ({ ...frame, rgb: new Uint8Array(frame.rgb.length).fill(value) });
const withPosition = (joints: JointState, joint: number, rad: number): JointState => ({
  ...joints,
  positionRad: joints.positionRad.with(joint, rad),
});
const ms = (amount: number): bigint => BigInt(Math.round(amount)) * NS_PER_MS;

/** Pictures go on coming with new stamps, always the same. */
function frozen(): ChangeFrame {
  let first: Frame | null = null;
  return (frame) => {
    first ??= frame;
    return { ...frame, rgb: first.rgb };
  };
}

/** The picture as it is seen when the camera is turned: moved to the side by whole pixels, the edge repeated. */
export function turned(frame: Frame, px: number): Frame {
  const { widthPx, heightPx, rgb } = frame;
  const byPx = Math.round(Math.max(0, px));
  const moved = new Uint8Array(rgb.length);
  for (let row = 0; row < heightPx; row++)
    for (let column = 0; column < widthPx; column++) {
      const source = 3 * (row * widthPx + Math.max(0, column - byPx));
      moved.set(rgb.subarray(source, source + 3), 3 * (row * widthPx + column));
    }
  return { ...frame, rgb: moved };
}

function oneOf(): ChangeFrame {
  let count = 0;
  return (frame, { by }) => (count++ % Math.round(by) === 0 ? frame : null);
}

function stuck(): ChangeJoints {
  let first: JointState | null = null;
  return (joints) => {
    first ??= joints;
    return { ...joints, positionRad: first.positionRad, velocityRadPerS: new Float64Array(joints.velocityRadPerS.length) };
  };
}

function stuckFingers(): ChangeJoints {
  let first: GripperReading | undefined;
  return (joints) => {
    first ??= joints.gripper;
    return { ...joints, ...gripperField(first) };
  };
}

function jumping(): ChangeJoints {
  let flips = 0;
  return (joints, { joint, by }) => withPosition(joints, joint, joints.positionRad[joint]! + (flips++ % 2 === 0 ? by : -by));
}

function sameStamp(): ChangeJoints {
  let first: JointState | null = null;
  return (joints) => {
    first ??= joints;
    return { ...joints, stampNs: first.stampNs };
  };
}

function swapped(values: Float64Array): Float64Array {
  const other = values.slice();
  [other[0], other[1]] = [values[1]!, values[0]!];
  return other;
}

export const FAULTS_OF_SAMPLES = {
  "camera-frozen": camera("A camera repeats its picture, with new stamps", frozen),
  "camera-silent": camera("A camera gives nothing more", () => () => null),
  "camera-black": camera("A camera sees nothing: all black", () => (frame) => filled(frame, 0)),
  "camera-white": camera("A camera is over-exposed: all white", () => (frame) => filled(frame, 255)),
  "camera-truncated": camera("Half of each picture is missing", () => (frame) => ({
    ...frame,
    rgb: frame.rgb.subarray(0, Math.floor(frame.rgb.length / 2)),
  })),
  "camera-resized": camera("Pictures of another size", () => (frame) => ({ ...frame, widthPx: frame.widthPx * 2 })),
  "camera-slow": camera("One of so many pictures comes", oneOf, { unit: "pictures", usually: 10 }),
  "camera-skewed": camera(
    "Pictures are stamped earlier than they were taken",
    () =>
      (frame, { by }) => ({ ...frame, stampNs: frame.stampNs - ms(by) }),
    {
      unit: "ms",
      usually: 300,
    },
  ),
  "camera-renumbered": camera("A camera was plugged in again and has another name", () => (frame) => ({
    ...frame,
    camera: `${frame.camera}-1`,
  })),
  "camera-covered": camera("Something stands before the lower half of a camera", () => (frame) => ({
    ...frame,
    rgb: frame.rgb.map((value, index) => (index >= frame.rgb.length / 2 ? 40 : value)),
  })),
  "camera-turned": camera(
    "A camera was pushed aside: its picture is moved to the right",
    () =>
      (frame, { by }) =>
        turned(frame, by),
    { unit: "px", usually: 6 },
  ),
  "camera-malformed": camera("What a camera sends is no picture", () => (frame) => ({ ...frame, rgb: "jpeg" as unknown as Uint8Array })),
  "cameras-exchanged": everything("Two cameras have each other's cable", (sample, { of, other }) => {
    if (sample.kind !== "frame" || (sample.frame.camera !== of && sample.frame.camera !== other)) return [sample];
    return [{ kind: "frame", frame: { ...sample.frame, camera: sample.frame.camera === of ? other : of } }];
  }),
  "joints-silent": encoders("The joint encoders give nothing more", () => () => null),
  "joints-nan": encoders(
    "A joint reads NaN",
    () =>
      (joints, { joint }) =>
        withPosition(joints, joint, Number.NaN),
  ),
  "joints-infinite": encoders("A joint's velocity reads infinity", () => (joints, { joint }) => ({
    ...joints,
    velocityRadPerS: joints.velocityRadPerS.with(joint, Number.POSITIVE_INFINITY),
  })),
  "joints-out-of-range": encoders(
    "A joint reads where it cannot be",
    () =>
      (joints, { joint, by }) =>
        withPosition(joints, joint, by),
    {
      unit: "rad",
      usually: 3.5,
    },
  ),
  "joints-jumping": encoders("A joint's reading jumps to and fro", jumping, { unit: "rad", usually: 1.2 }),
  "joints-missing": encoders("One joint less is read", () => (joints) => ({
    ...joints,
    positionRad: joints.positionRad.subarray(1),
    velocityRadPerS: joints.velocityRadPerS.subarray(1),
  })),
  "joints-exchanged": encoders("The first two joints are read in each other's place", () => (joints) => ({
    ...joints,
    positionRad: swapped(joints.positionRad),
    velocityRadPerS: swapped(joints.velocityRadPerS),
  })),
  "joints-in-degrees": encoders("Joints are told in degrees", () => (joints) => ({
    ...joints,
    positionRad: joints.positionRad.map((rad) => (rad * 180) / Math.PI),
  })),
  "joints-stuck": encoders("Joint readings stand still while the arm moves", stuck),
  "joints-repeated": encoders("Readings come with one and the same stamp", sameStamp),
  "joints-reordered": encoders(
    "Readings come with stamps that go back",
    () =>
      (joints, { by }) => ({ ...joints, stampNs: joints.stampNs - ms(by) }),
    {
      unit: "ms",
      usually: 1000,
    },
  ),
  "joints-fast": encoders(
    "A joint reads a velocity that its positions do not have",
    () =>
      (joints, { joint, by }) => ({
        ...joints,
        velocityRadPerS: joints.velocityRadPerS.with(joint, by),
      }),
    { unit: "rad/s", usually: 9 },
  ),
  "gripper-stuck": encoders("Fingers stand where they stood, whatever they are told", stuckFingers),
  "stamps-ahead": everything("Sources stamp in the future", (sample, { by }) => [stamped(sample, ms(by))], { unit: "ms", usually: 500 }),
  "stamps-behind": everything("Sources stamp in the past", (sample, { by }) => [stamped(sample, -ms(by))], { unit: "ms", usually: 800 }),
  "samples-late": everything("Samples wait on their way", (sample, { by }) => [received(sample, -ms(by))], { unit: "ms", usually: 700 }),
} as const satisfies Readonly<Record<string, FaultKind>>;

function stamped(sample: Sample, byNs: bigint): Sample {
  if (sample.kind === "joints") return { kind: "joints", joints: { ...sample.joints, stampNs: sample.joints.stampNs + byNs } };
  return { kind: "frame", frame: { ...sample.frame, stampNs: sample.frame.stampNs + byNs } };
}

function received(sample: Sample, byNs: bigint): Sample {
  if (sample.kind === "joints") return { kind: "joints", joints: { ...sample.joints, receivedNs: sample.joints.receivedNs + byNs } };
  return { kind: "frame", frame: { ...sample.frame, receivedNs: sample.frame.receivedNs + byNs } };
}
