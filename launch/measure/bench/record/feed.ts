/** What a busy robot tells a recorder, in real time: a camera at 30 Hz, joints at 250 Hz, decisions at 5 Hz. */
import type { Clock } from "../../../../runtime/core/clock.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import { atRest, quinticSegment } from "../../../../runtime/core/segment.ts";
import type { Tick } from "../../../../runtime/core/tick.ts";
import type { News, RunFacts } from "../../../../runtime/record/channels/message.ts";

export const CAMERA_HZ = 30;
export const JOINTS_HZ = 250;
const DECISIONS_HZ = 5;
const JOINTS = 7;
const LATENT_DIM = 64;
const HORIZON = 5;
/** Pictures that are shown in turn. */
const PICTURES = 8;
/** Of a camera's own noise, levels of 255. */
const NOISE = 2;

export const fedRun = (widthPx: number): RunFacts => ({
  robot: "fed",
  joints: Array.from({ length: JOINTS }, (_, joint) => `joint${joint + 1}`),
  cameras: [{ name: "front", widthPx, heightPx: (widthPx * 3) / 4, fovYRad: 0.8, positionM: [1, 0, 0.5], targetM: [0, 0, 0] }],
  ...{ mode: "realtime", ends: "with-task", periodS: 1 / DECISIONS_HZ, leadMs: 0, modelName: "none", modelHash: "none", config: null },
  ...{ version: "none", startedAt: "1970-01-01T00:00:00.000Z" },
});

export interface FeedOptions {
  readonly widthPx: number;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly tell: (news: News) => void;
}

/** Until it is disposed of; stamps begin at 0. */
export function feed({ widthPx, clock, rng, tell }: FeedOptions): Disposable {
  const pictures = picturesOf(widthPx, rng);
  const heightPx = (widthPx * 3) / 4;
  const startNs = clock.nowNs();
  let frames = 0;
  let decisions = 0;
  const at = (make: (atNs: bigint) => News) => (): void => tell(make(clock.nowNs() - startNs));
  const stops = [
    clock.every(
      1000 / CAMERA_HZ,
      at((atNs) => {
        const frame = { camera: "front", widthPx, heightPx, rgb: pictures[frames++ % PICTURES]!, stampNs: atNs, receivedNs: atNs };
        return { kind: "sample", what: { kind: "frame", frame }, atNs };
      }),
    ),
    clock.every(
      1000 / JOINTS_HZ,
      at((atNs) => {
        const joints = { positionRad: floats(JOINTS, rng), velocityRadPerS: floats(JOINTS, rng), stampNs: atNs, receivedNs: atNs };
        return { kind: "sample", what: { kind: "joints", joints }, atNs };
      }),
    ),
    clock.every(
      1000 / DECISIONS_HZ,
      at((atNs) => ({ kind: "tick", what: tickOf(decisions++, atNs, rng), atNs })),
    ),
  ];
  return {
    [Symbol.dispose]() {
      for (const stop of stops) stop();
    },
  };
}

/** A slope of grey with a square that wanders over it, and noise. */
function picturesOf(widthPx: number, rng: Rng): readonly Uint8Array[] {
  const heightPx = (widthPx * 3) / 4;
  return Array.from({ length: PICTURES }, (_, picture) =>
    Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      const [x, y] = [(pixel % widthPx) / widthPx, Math.floor(pixel / widthPx) / heightPx];
      const isSquare = Math.abs(x - (picture + 1) / (PICTURES + 1)) < 0.08 && Math.abs(y - 0.5) < 0.1;
      return Math.min(255, Math.max(0, (isSquare ? 200 : 60 + 80 * x + 40 * y) + NOISE * rng.normal()));
    }),
  );
}

const floats = (length: number, rng: Rng): Float64Array => Float64Array.from({ length }, () => rng.normal());
const singles = (length: number, rng: Rng): Float32Array => rng.fillNormal(new Float32Array(length));

function tickOf(index: number, atNs: bigint, rng: Rng): Tick {
  const from = atRest(floats(JOINTS, rng));
  const toRad = Array.from(from.positionRad, (value) => value + 0.05);
  return {
    decision: {
      ...{ index, stampNs: atNs, jointsRad: from.positionRad, toolM: [0.5, 0, 0.1], latent: singles(LATENT_DIM, rng) },
      plan: {
        ...{ actions: singles(2 * HORIZON, rng), predicted: singles(LATENT_DIM * HORIZON, rng), horizon: HORIZON },
        ...{ cost: 1, costTerms: { goal: 0.9, effort: 0.1 }, violation: -1 },
        stats: { modelCalls: 16, iterations: 3, samples: 128, eliteCostMean: 1 },
      },
      ...{ action: singles(2, rng), verdict: "pass", why: [] },
      segment: quinticSegment({ id: index, startNs: atNs, from, toRad, durationS: 0.2 }),
      ...{ executedAction: singles(2, rng), imaginedToolM: singles(3 * HORIZON, rng) },
      ...{ measures: { criticCost: 4, toolToGoalM: null, objectToGoalM: 0.1 }, surprise: 1 },
    },
    timing: { encodeMs: 1, planMs: 60, guardMs: 1, decisionMs: 62, observationAgeMs: 20 },
  };
}
