/** A training at toy length, on pictures that a program draws. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../runtime/core/clock.ts";
import { encoderRecipe, type TrainEnvironment, type TrainOptions } from "../../runtime/learn/train.ts";
import { TINY_DATA_CAMERA } from "./tiny-dataset.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "foresight-train-"));

/** Three steps a phase. */
export function tinyTraining(data: string, changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    data,
    rehearse: null,
    out: folder(),
    work: folder(),
    name: "tiny",
    seed: 1,
    budget: { steps: 3 },
    goal: "object",
    observation: "cameras",
    encoder: { ...encoderRecipe("object"), windows: 4 },
    critic: "one-step",
    levels: "two",
    expected: { robot: "panda", cameras: [TINY_DATA_CAMERA], axes: ["x", "y"] },
    from: null,
    teacher: null,
    productVersion: "0.0.0",
    ...changes,
  };
}

export const tinyEnvironment = (stopAsked: () => boolean = () => false): TrainEnvironment => ({
  clock: new ManualClock(),
  session: { provider: "cpu", threads: 1 },
  stopAsked,
  onProgress: () => undefined,
  say: () => undefined,
});
