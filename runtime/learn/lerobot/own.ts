/** What we exported, read back: the same rows and pixels, its episodes counted from 0. */
import { AgentError } from "../../core/errors.ts";
import { parseMeta } from "../dataset-reader.ts";
import type { DatasetMeta, DatasetRow } from "../dataset-writer.ts";
import { cameraFeature, cutsOf } from "./cuts.ts";
import type { LeRobotFrame } from "./frames.ts";
import type { LeRobotData } from "./open.ts";

/** Null for a set of others. Throws `data.corrupt` where the key is ours and what it says is not. */
export function ownMetaOf({ folder, info }: LeRobotData): DatasetMeta | null {
  if (info["foresight"] === undefined) return null;
  return parseMeta(info["foresight"], `${folder}, "foresight" of its meta/info.json`);
}

export function ownRows(meta: DatasetMeta): {
  readonly numbers: readonly string[];
  readonly pictures: readonly string[];
  rowsOf(frames: readonly LeRobotFrame[], episode: number): readonly DatasetRow[];
} {
  const cuts = cutsOf(meta.columns);
  const places = new Map(cuts.flatMap(({ feature, columns }) => columns.map((name, at) => [name, { feature, at }] as const)));
  const numberOf = ({ numbers }: LeRobotFrame, name: string): number => {
    const place = places.get(name);
    const value = place && numbers[place.feature]?.[place.at];
    if (value === undefined) throw new AgentError("data.corrupt", `LeRobot data: no number "${name}"; export it again`);
    return value;
  };
  return {
    numbers: cuts.map(({ feature }) => feature),
    pictures: meta.cameras.map(({ name }) => cameraFeature(name)),
    rowsOf: (frames, episode) =>
      frames.map((frame, step) => ({
        frames: frame.pictures,
        values: meta.columns.map((name) => (name === "episode" ? episode : name === "step" ? step : numberOf(frame, name))),
      })),
  };
}
