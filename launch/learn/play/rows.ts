/** The rows of one episode of play, made from what is seen at each decision: a picture, the joints, and what was commanded until the next picture. */
import { nsToSeconds } from "../../../runtime/core/clock.ts";
import type { ActionAxis } from "../../../runtime/core/model.ts";
import type { JointCommand } from "../../../runtime/core/motion.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import type { Pose } from "../../../runtime/core/trial.ts";
import { signalsOf } from "../../../runtime/learn/data-axes.ts";
import type { DatasetRow } from "../../../runtime/learn/dataset-writer.ts";

export interface RowsOptions {
  readonly episode: number;
  readonly periodS: number;
  /** The action that a commanded motion amounts to, shape (axes). */
  readonly actionBetween: (start: JointCommand, end: JointCommand) => Float32Array;
}

export interface Rows {
  /** The next decision's observation, with the commanded state at its stamp and what `signalsOf` names; completes the row of the one before. */
  see(observation: Observation, commanded: JointCommand, felt: readonly number[], object: Pose | null): void;
  /** All that are complete: one less than was seen. */
  readonly rows: readonly DatasetRow[];
}

/** Names of a row's numbers; the pose of the object only where somebody knows it. */
export const columnsOf = (spec: RobotSpec, axes: readonly ActionAxis[], knowsObject: boolean): readonly string[] => [
  ...["episode", "step", ...signalsOf(axes)],
  ...axes.map(({ name }) => `action.${name}`),
  ...(knowsObject ? ["object.x", "object.y", "object.z", "object.yaw"] : []),
  ...spec.joints.map((_, i) => `joint${i + 1}`),
];

/** Pictures further from a decision period apart than this share of it do not follow each other: a decision was missed between them. */
const PERIOD_TOLERANCE = 0.4;

/** Inverse kinematics meets its target to a micrometre: a whole step may come out longer by this share of it. */
const ROUNDING = 1e-4;

interface Seen {
  readonly observation: Observation;
  readonly commanded: JointCommand;
  readonly felt: readonly number[];
  readonly object: Pose | null;
}

/** Where a decision was missed the step number jumps, so that no window of training reaches over the gap. */
export function createRows({ episode, periodS, actionBetween }: RowsOptions): Rows {
  const rows: DatasetRow[] = [];
  let last: Seen | null = null;
  let step = 0;
  return {
    rows,
    see(observation, commanded, felt, object) {
      if (last) {
        const sinceS = nsToSeconds(observation.stampNs - last.observation.stampNs);
        const follows = Math.abs(sinceS - periodS) <= PERIOD_TOLERANCE * periodS;
        if (follows) rows.push(rowOf(episode, step, last, actionBetween(last.commanded, commanded)));
        step += follows ? 1 : 2;
      }
      last = { observation, commanded, felt, object };
    },
  };
}

function rowOf(episode: number, step: number, { observation, felt, object }: Seen, action: Float32Array): DatasetRow {
  return {
    frames: observation.frames.map(({ rgb }) => rgb),
    values: [
      episode,
      step,
      ...felt,
      ...action.map(rounded),
      ...(object ? [...object.positionM, object.yawRad] : []),
      ...observation.joints.positionRad,
    ],
  };
}

const rounded = (value: number): number => (Math.abs(value) <= 1 + ROUNDING ? Math.min(1, Math.max(-1, value)) : value);
