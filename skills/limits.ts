/** Bounds that all skills share: where the tool may be, and how fast it may be there. */
import type { ConstraintSpec } from "../runtime/core/skill.ts";

/** Plans stay inside the box that the guards of the launch file enforce: every robot and table has its own. */
export const toolWorkspace: ConstraintSpec = { constraint: "workspace" };

/** The reduced speed for work near people, 250 mm/s (ISO 10218-1:2011, 5.6.2). */
export const toolSpeed: ConstraintSpec = { constraint: "tool-speed", params: { maxMPerS: 0.25 } };
