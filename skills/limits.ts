/** Bounds that all skills share: the part of the table that the cameras see, and how fast the tool may be there. */
import type { ConstraintSpec } from "../runtime/core/skill.ts";

/** Where the tool point may be, base frame. The guards of a launch file enforce the same box; here it keeps plans inside. */
export const toolWorkspace: ConstraintSpec = {
  constraint: "workspace",
  params: { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45] },
};

/** The reduced speed for work near people, 250 mm/s (ISO 10218-1:2011, 5.6.2). */
export const toolSpeed: ConstraintSpec = { constraint: "tool-speed", params: { maxMPerS: 0.25 } };
