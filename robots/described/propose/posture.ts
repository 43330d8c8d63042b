/** A posture in which an arm's tool points down, well away from the joints' ends, and which way the arm faces. */
import { rangeRad } from "../../../runtime/core/joint-angle.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { boundsOf, isEndless } from "../../../runtime/core/segment.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { turnToDown } from "../../../runtime/kinematics/quaternion.ts";

export interface Posture {
  readonly positionRad: Float64Array;
  readonly toolM: Vec3;
  /** Of the tool's x axis about the vertical, from the base's. */
  readonly yawRad: number;
  /** Share of the nearest joint's range that is left on its nearer side, 0 to 0.5. */
  readonly margin: number;
}

export interface Look {
  /** The best first; empty where none was found. */
  readonly postures: readonly Posture[];
  /** Where the arm mostly is when its tool points down, about the vertical; null where it is on all sides alike. */
  readonly facingRad: number | null;
  /** The least tilt from straight down that was seen. */
  readonly leastTiltRad: number;
}

const SAMPLES = 6000;
const SEEDS_MAX = 60;
/** What is nearer to down than this may be turned down from there. */
const NEARLY_DOWN_RAD = 0.8;
/** Nearer is down. */
const TILT_RAD_MAX = 0.01;
/** Of the mean direction: shorter than this, there is no front. */
const FACING_MIN = 0.45;
/** More of a joint's range at its nearer side is worth nothing; then what counts is how far out the tool is. */
const MARGIN_ENOUGH = 0.12;
/** A tool that rests much below its base rests under a table. */
const DEPTH_M = -0.1;
const SEED = 7;

/** Deterministic. With `inFront`, only postures whose tool is on the base's x side. */
export function lookDown(kinematics: Kinematics, { inFront }: { readonly inFront: boolean }): Look {
  const { joints } = kinematics.spec;
  const rng = createRng(SEED);
  const near: { readonly positionRad: Float64Array; readonly tilt: number; readonly toolM: Vec3; readonly yaw: number }[] = [];
  let leastTiltRad = Math.PI;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const positionRad = Float64Array.from(joints, (joint) => rng.between(...rangeRad(joint)));
    const { positionM, quaternion } = kinematics.toolPose(positionRad);
    const tilt = Math.hypot(...turnToDown(quaternion));
    leastTiltRad = Math.min(leastTiltRad, tilt);
    if (tilt > NEARLY_DOWN_RAD || positionM[2] < DEPTH_M) continue;
    near.push({ positionRad, tilt, toolM: positionM, yaw: yawOf(quaternion) });
  }
  const front = near.filter(({ toolM: [x, y] }) => !inFront || (x > 0 && Math.abs(y) < x));
  const seeds = front.toSorted(
    (a, b) => marginOf(kinematics, b.positionRad) - b.tilt * 0.1 - (marginOf(kinematics, a.positionRad) - a.tilt * 0.1),
  );
  const postures = seeds.slice(0, SEEDS_MAX).flatMap(({ positionRad: seedRad, toolM: [x, y, z], yaw }) => {
    const place: Vec3 = inFront ? [Math.hypot(x, y), 0, Math.max(z, 0)] : [x, y, z];
    const result = kinematics.inverse({ seedRad, positionM: place, quaternion: "down", yawRad: yaw });
    if (!result.converged || tiltOf(kinematics, result.positionRad) > TILT_RAD_MAX) return [];
    const positionRad = straightened(kinematics, result.positionRad);
    const { positionM, quaternion } = kinematics.toolPose(positionRad);
    return [{ positionRad, toolM: positionM, yawRad: yawOf(quaternion), margin: marginOf(kinematics, positionRad) }];
  });
  const worth = ({ margin, toolM: [x, y] }: Posture): number => Math.min(margin, MARGIN_ENOUGH) * Math.hypot(x, y);
  return { postures: postures.toSorted((a, b) => worth(b) - worth(a)), facingRad: facing(near.map(({ toolM }) => toolM)), leastTiltRad };
}

/** The last joint as it is drawn, where it only turns the hand about the way that the tool points: any other angle is as good, and looks askew. */
function straightened(kinematics: Kinematics, positionRad: Float64Array): Float64Array {
  const last = positionRad.length - 1;
  const [min, max] = boundsOf(kinematics.spec.joints[last]!, 0);
  const straight = positionRad.with(last, Math.min(max, Math.max(min, 0)));
  return tiltOf(kinematics, straight) > TILT_RAD_MAX ? positionRad : straight;
}

const tiltOf = (kinematics: Kinematics, positionRad: Float64Array): number =>
  Math.hypot(...turnToDown(kinematics.toolPose(positionRad).quaternion));

/** What a joint at the middle of its range has on either side; one that turns for ever has it everywhere. */
const WHOLE = 0.5;

function marginOf({ spec: { joints } }: Kinematics, positionRad: Float64Array): number {
  const shares = joints.map((joint, index) => {
    const [min, max] = boundsOf(joint, 0);
    return isEndless(joint, 0) ? WHOLE : Math.min(positionRad[index]! - min, max - positionRad[index]!) / (max - min);
  });
  return Math.min(...shares);
}

/** Of the tool's x axis. */
const yawOf = ([w, x, y, z]: readonly [number, number, number, number]): number => Math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z));

function facing(places: readonly Vec3[]): number | null {
  const units = places.filter(([x, y]) => Math.hypot(x, y) > 0.01).map(([x, y]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)] as const);
  const [x, y] = [0, 1].map((axis) => units.reduce((sum, unit) => sum + unit[axis]!, 0) / Math.max(1, units.length)) as [number, number];
  return Math.hypot(x, y) < FACING_MIN ? null : Math.atan2(y, x);
}
