/** The rows of a recorded run: what was seen at each decision, and what was commanded until the next, as in play. */

import { createTimeline } from "../../runtime/act/timeline.ts";
import type { Body } from "../../runtime/assemble/body.ts";
import type { Seen } from "../../runtime/core/instant.ts";
import type { ActionAxis } from "../../runtime/core/model.ts";
import type { Frame, JointState, Observation } from "../../runtime/core/sensing.ts";
import { feel } from "../../runtime/core/signals.ts";
import { signalsOf } from "../../runtime/learn/data-axes.ts";
import type { DatasetRow } from "../../runtime/learn/dataset-writer.ts";
import type { RunRecording } from "../../runtime/record/reading.ts";
import { observationOf } from "../../runtime/sense/align.ts";
import { createRows } from "./play/rows.ts";

export interface RecordedRowsOptions {
  readonly body: Pick<Body, "actionBetween" | "toolAt" | "hand" | "periodS">;
  readonly action: readonly ActionAxis[];
  /** As in collected play: episodes are held out whole, so a long run is several. */
  readonly episodeRows: number;
  readonly firstEpisode: number;
}

/** Empty for a run that decided nothing, or whose pictures are not there. */
export function recordedRows(
  recording: RunRecording,
  { body, action, episodeRows, firstEpisode }: RecordedRowsOptions,
): readonly DatasetRow[] {
  const signals = signalsOf(action);
  const begin = (episode: number) => createRows({ episode, periodS: body.periodS, actionBetween: body.actionBetween });
  const all: DatasetRow[] = [];
  let made = begin(firstEpisode);
  for (const { observation, commanded } of seenAndCommanded(recording)) {
    const { positionRad, gripper } = observation.joints;
    const felt = feel(signals, { toolM: body.toolAt(positionRad), yawRad: body.hand.yawAt(positionRad), gripper }, body.hand.gripper);
    made.see(observation, commanded, felt, null);
    if (made.rows.length < episodeRows) continue;
    all.push(...made.rows);
    made = begin(firstEpisode + Math.ceil(all.length / episodeRows));
    made.see(observation, commanded, felt, null);
  }
  return [...all, ...made.rows];
}

/** At each moment at which the agent decided, looked or held. */
function* seenAndCommanded({ samples, moments, overrides }: RunRecording) {
  const frames = new Map<string, Frame>();
  const joints = new Map<bigint, JointState>();
  for (const sample of samples) {
    if (sample.kind === "frame") frames.set(`${sample.frame.camera} ${sample.frame.stampNs}`, sample.frame);
    else joints.set(sample.joints.stampNs, sample.joints);
  }
  const observed = ({ frames: seen, jointsNs }: Seen): Observation | null => {
    const reading = joints.get(jointsNs);
    const pictures = seen.flatMap(({ camera, stampNs }) => frames.get(`${camera} ${stampNs}`) ?? []);
    return reading && pictures.length === seen.length ? observationOf(pictures, reading) : null; // What was dropped while it was recorded is not there.
  };
  const sent = [...moments.flatMap(({ decision }) => decision?.sent ?? []), ...overrides].sort((a, b) => Number(a.atNs - b.atNs));
  const first = moments.map(({ seen }) => joints.get(seen.jointsNs)).find((reading) => reading !== undefined);
  if (!first) return;
  const timeline = createTimeline(sent[0]?.segment.knots[0]?.positionRad ?? first.positionRad, first.stampNs);
  let next = 0;
  for (const { seen, atNs } of moments) {
    for (; next < sent.length && sent[next]!.atNs <= atNs; next++) timeline.insert(sent[next]!.segment);
    const observation = observed(seen);
    if (observation) yield { observation, commanded: timeline.commandedAt(observation.stampNs) };
  }
}
