/** Where a tool went, by the world's own sensors: were the places visited in their order, and each once? */
import type { Vec3 } from "../../../../runtime/core/vec3.ts";

/** A place counts as visited within this distance; the skill's own test asks for 2 cm of what the agent perceives. */
const VISITED_M = 0.035;

export interface Track {
  add(toolM: Vec3): void;
  readonly newestM: Vec3;
  /** None when every place was visited, in order, and none again after the next. */
  problems(): readonly string[];
}

export function createTrack(placesM: readonly Vec3[]): Track {
  const visits: number[] = [];
  let newestM: Vec3 = [0, 0, 0];
  return {
    add(toolM) {
      newestM = toolM;
      const at = placesM.findIndex((place) => Math.hypot(...place.map((value, axis) => value - toolM[axis]!)) < VISITED_M);
      if (at >= 0 && visits.at(-1) !== at) visits.push(at);
    },
    get newestM() {
      return newestM;
    },
    problems() {
      const wanted = placesM.map((_, index) => index).join(", ");
      // The task before ended at the last place: that is where this one began.
      const seen = (visits[0] === placesM.length - 1 && visits.length > 1 ? visits.slice(1) : visits).join(", ");
      return seen === wanted ? [] : [`the tool visited the places ${seen || "none"}, not ${wanted}`];
    },
  };
}
