/** Pairs the newest picture of every camera with the joints nearest to them in source time; keeps no queue. */
import { filter, map, type OperatorFunction } from "rxjs";
import type { Frame, JointState, Observation, Sample } from "../core/sensing.ts";
import { distanceNs, nearest, remember } from "./joint-history.ts";

export interface AlignOptions {
  /** Names in the model's order. With none, every joint reading is an observation. */
  readonly cameras: readonly string[];
  /** How far apart in source time the parts of one observation may be. */
  readonly maxSkewMs: number;
}

/** Samples of one stream must come in stamp order. One observation for each full set of new pictures; a source clock that starts anew is followed. */
export function align(options: AlignOptions): OperatorFunction<Sample, Observation> {
  return (samples) => {
    const aligner = createAligner(options);
    return samples.pipe(
      map(aligner),
      filter((observation) => observation !== null),
    );
  };
}

/** The aligner as a function of one sample after the other: an observation, or null when its parts are not there yet. */
export function createAligner({ cameras, maxSkewMs }: AlignOptions): (sample: Sample) => Observation | null {
  const skewNsMax = BigInt(Math.round(maxSkewMs * 1e6));
  const unused = new Map<string, Frame>(); // At most one a camera: pictures newer than those of the last observation.
  let history: readonly JointState[] = [];
  return (sample) => {
    if (sample.kind === "joints") history = remember(history, sample.joints);
    else if (cameras.includes(sample.frame.camera)) unused.set(sample.frame.camera, sample.frame);
    if (cameras.length === 0) return sample.kind === "joints" ? observationOf([], sample.joints) : null;
    const frames = cameras.flatMap((camera) => unused.get(camera) ?? []);
    if (frames.length < cameras.length || spreadNs(frames) > skewNsMax) return null;
    const joints = nearest(history, oldestStampNs(frames));
    if (!joints || distanceNs(joints.stampNs, oldestStampNs(frames)) > skewNsMax) return null;
    unused.clear();
    return observationOf(frames, joints);
  };
}

/** What is seen and felt together, by the oldest of it. */
export function observationOf(frames: readonly Frame[], joints: JointState): Observation {
  const parts = [joints, ...frames];
  const [receivedNs] = extremesNs(parts.map((part) => part.receivedNs));
  return { stampNs: frames.length > 0 ? oldestStampNs(frames) : joints.stampNs, receivedNs, frames, joints };
}

const oldestStampNs = (frames: readonly Frame[]): bigint => extremesNs(frames.map((frame) => frame.stampNs))[0];

function spreadNs(frames: readonly Frame[]): bigint {
  const [oldest, newest] = extremesNs(frames.map((frame) => frame.stampNs));
  return newest - oldest;
}

/** Oldest and newest of some stamps, at least one. */
function extremesNs(stamps: readonly bigint[]): readonly [bigint, bigint] {
  let oldest = stamps[0]!;
  let newest = stamps[0]!;
  for (const stamp of stamps) {
    if (stamp < oldest) oldest = stamp;
    if (stamp > newest) newest = stamp;
  }
  return [oldest, newest];
}
