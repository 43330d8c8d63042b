/** What skills that bring an object somewhere minimise: the critic's decisions to a picture, or the distance to a position. */
import type { Skill } from "../runtime/core/skill.ts";

export const bringingTerms: Skill["terms"] = {
  image: [
    { term: "critic", weight: 1, unit: "decisions" },
    { term: "effort", weight: 0.01, unit: "1" },
  ],
  object: [
    { term: "object-distance", weight: 1, unit: "m" },
    { term: "effort", weight: 0.0005, unit: "1" },
  ],
};
