/** The skill hold: stay with the tool point where it is told to be. */
import type { Skill } from "../../runtime/core/skill.ts";
import { toolSpeed, toolWorkspace } from "../limits.ts";

export const hold: Skill = {
  name: "hold",
  description: "Keeps the tool point at a position.",
  axes: null,
  toolHeightM: null,
  goals: ["tool"],
  terms: {
    tool: [
      { term: "tool-distance", weight: 1, unit: "m" },
      { term: "effort", weight: 0.02, unit: "1" },
    ],
  },
  constraints: [toolWorkspace, toolSpeed],
  success: { tool: { test: "tool-within", threshold: 0.02, unit: "m", steps: 10 } },
  limits: { decisions: 40, timeoutS: 20 },
};
