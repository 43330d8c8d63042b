/** The skill reach: bring the tool point to where a picture shows it, or to a position. */
import type { Skill } from "../../runtime/core/skill.ts";
import { toolSpeed, toolWorkspace } from "../limits.ts";

export const reach: Skill = {
  name: "reach",
  description: "Moves the tool point through free space to a goal picture or position.",
  axes: ["x", "y", "z"],
  toolHeightM: null,
  goals: ["image", "tool"],
  terms: {
    // The critic at the end of the horizon alone left the first action free near the goal: any way back in time cost the same, and the
    // tool wandered by a decision's length (85 % of seeds 700..739, error p50 1.18 cm; with every step judged 100 % and 0.39 cm).
    image: [
      { term: "critic-path", weight: 1, unit: "decisions" },
      { term: "effort", weight: 0.1, unit: "1" },
    ],
    tool: [
      { term: "tool-path", weight: 1, unit: "m" },
      { term: "effort", weight: 0.0005, unit: "1" },
    ],
  },
  constraints: [toolWorkspace, toolSpeed],
  success: {
    image: { test: "critic-below", threshold: 1, unit: "decisions", steps: 2 },
    tool: { test: "tool-within", threshold: 0.02, unit: "m", steps: 2 },
  },
  limits: { decisions: 40, timeoutS: 20 },
};
