/** The skill pick-place: bring the object to where a picture shows it, or to a position on the table, by lifting, carrying and setting it down. */
import type { Skill } from "../../runtime/core/skill.ts";
import { bringingTerms } from "../bringing.ts";
import { toolSpeed, toolWorkspace } from "../limits.ts";

export const pickPlace: Skill = {
  name: "pick-place",
  description: "Picks the object up, carries it and sets it down elsewhere on the table.",
  axes: ["x", "y", "z", "yaw", "gripper"],
  toolHeightM: null,
  goals: ["image", "object"],
  terms: bringingTerms,
  constraints: [toolWorkspace, toolSpeed],
  success: {
    image: { test: "critic-below", threshold: 3, unit: "decisions", steps: 2 },
    object: { test: "object-within", threshold: 0.02, unit: "m", steps: 2 },
  },
  limits: { decisions: 60, timeoutS: 30 },
};
