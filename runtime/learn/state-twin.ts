/** What a privileged twin sees in place of pictures: the whole state that a picture would show, normalised. */
import { AgentError } from "../core/errors.ts";
import type { LatentData } from "./latent-data.ts";
import { moments, type Normal, type PlayData } from "./play-data.ts";

/** What the `state` input holds after what is felt, and how it becomes the seen part of a latent. */
export interface StateNormal {
  /** Of the object's place, or of the tool's where that is the goal, metres. */
  readonly place: Normal;
  /** A turn of the object about the vertical stands behind its place, radians. */
  readonly knowsYaw: boolean;
  /** What is felt is seen as well, since a picture shows the hand: a hand with the object in it is a goal of its own. */
  readonly showsHand: boolean;
}

/** A square looks the same after a quarter turn. */
export const SQUARE_TURNS = 4;
/** m: a place that varies less is not made more of. */
const PLACE_STD_MIN_M = 0.01;
/** A twin whose goal is the tool's place alone counts as arrived within this distance. */
const REACHED_M = 0.01;

export function placeNormal(places: Float32Array, { split }: PlayData): Normal {
  const { mean, std } = moments(places, 3, split.windows(0, false));
  return { mean, std: std.map((each) => Math.max(each, PLACE_STD_MIN_M)) };
}

export interface TwinSight {
  readonly state: StateNormal;
  /** (rows, visualDim), normalised. */
  readonly features: Float32Array;
  readonly visualDim: number;
  readonly reached: LatentData["reached"];
}

/** Throws `data.mismatch` for data of a world that knows nothing of its object. */
export function twinSight(goal: "object" | "tool", data: PlayData): TwinSight {
  const { toolM, objectM, objectYawRad } = data;
  if (goal === "tool") {
    const near = (row: number, goalRow: number): boolean =>
      Math.hypot(...[0, 1, 2].map((k) => toolM[3 * row + k]! - toolM[3 * goalRow + k]!)) < REACHED_M;
    return sightOf({ place: placeNormal(toolM, data), knowsYaw: false, showsHand: false }, toolM, data, near);
  }
  if (objectM)
    return sightOf(
      { place: placeNormal(objectM, data), knowsYaw: objectYawRad !== null, showsHand: true },
      objectM,
      data,
      (row, goalRow) => row === goalRow,
    );
  const remedy = "collect in a simulation, or train without --privileged";
  throw new AgentError(
    "data.mismatch",
    `${data.dataset.folder}: does not say where the object is, which a privileged twin is told; ${remedy}`,
  );
}

function sightOf(state: StateNormal, places: Float32Array, data: PlayData, reached: TwinSight["reached"]): TwinSight {
  const { rows, proprio, signals, objectYawRad } = data;
  const felt = signals.length;
  const visualDim = visualDimOf(state, felt);
  const features = new Float32Array(rows * visualDim);
  for (let row = 0; row < rows; row++) {
    const place = [0, 1, 2].map((k) => (places[3 * row + k]! - state.place.mean[k]!) / state.place.std[k]!);
    const angle = SQUARE_TURNS * (objectYawRad?.[row] ?? 0);
    const turn = state.knowsYaw ? [Math.sin(angle), Math.cos(angle)] : [];
    const hand = state.showsHand ? proprio.subarray(row * felt, (row + 1) * felt) : [];
    features.set([...place, ...turn, ...hand], row * visualDim);
  }
  return { state, features, visualDim, reached };
}

/** Entries of the seen part. */
const visualDimOf = ({ knowsYaw, showsHand }: StateNormal, felt: number): number => 3 + (knowsYaw ? 2 : 0) + (showsHand ? felt : 0);
