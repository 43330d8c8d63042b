/** News of a small run of a two-joint arm with one camera, for recorders and live views. */
import { atRest, quinticSegment } from "../../runtime/core/segment.ts";
import type { Frame, Sample } from "../../runtime/core/sensing.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import type { RunFacts } from "../../runtime/record/channels/message.ts";

export const runFacts: RunFacts = {
  robot: "two-joint",
  joints: ["shoulder", "elbow"],
  cameras: [{ name: "front", widthPx: 3, heightPx: 2, fovYRad: 0.8, positionM: [1, 0, 0.5], targetM: [0, 0, 0] }],
  mode: "lockstep",
  ends: "with-task",
  periodS: 0.2,
  leadMs: 0,
  modelName: "push",
  modelHash: "abc",
  config: { seed: 1 },
  version: "0.0.0",
  startedAt: "2026-01-01T00:00:00.000Z",
};

export const frameAt = (stampNs: bigint): Frame => ({
  camera: "front",
  widthPx: 3,
  heightPx: 2,
  rgb: Uint8Array.from({ length: 18 }, (_, at) => (at * 37 + Number(stampNs % 251n)) % 256),
  stampNs,
  receivedNs: stampNs + 5n,
});

export const jointsAt = (stampNs: bigint, positionRad: readonly number[] = [0.1, -0]): Sample => ({
  kind: "joints",
  joints: { positionRad: Float64Array.from(positionRad), velocityRadPerS: Float64Array.of(-0, 1 / 3), stampNs, receivedNs: stampNs + 2n },
});

const segmentAt = (index: number, startNs: bigint) =>
  quinticSegment({ id: index, startNs, from: atRest(Float64Array.of(0.1, -0)), toRad: [0.2, 1 / 3], durationS: 0.2 });

/** A decision on what was seen at a time; `changes` to its deterministic half. */
export function tickAt(index: number, stampNs: bigint, changes: Partial<Tick["decision"]> = {}): Tick {
  return {
    decision: {
      index,
      stampNs,
      jointsRad: Float64Array.of(0.1, -0),
      toolM: [0.5, -0, 0.1],
      latent: Float32Array.of(0.1, 1e-30),
      plan: {
        actions: Float32Array.of(0.5, -1, -0, 1),
        predicted: Float32Array.of(1, 2, 3, 4),
        horizon: 2,
        cost: 1 / 3,
        costTerms: { goal: 0.25, effort: 1 / 12 },
        violation: -0.1,
        stats: { modelCalls: 4, iterations: 3, samples: 128, eliteCostMean: 0.5 },
      },
      action: Float32Array.of(0.5, -1),
      verdict: "clip",
      why: ["table: 2 mm too low"],
      segment: segmentAt(index, stampNs),
      executedAction: Float32Array.of(0.4, -0.9),
      imaginedToolM: Float32Array.of(0.51, 0, 0.1, 0.52, 0, 0.1),
      surprise: null,
      measures: { criticCost: 3.5, toolToGoalM: null, objectToGoalM: 0.02 },
      ...changes,
    },
    timing: { encodeMs: 1, planMs: 20, guardMs: 0.5, decisionMs: 22, observationAgeMs: 3 },
  };
}
