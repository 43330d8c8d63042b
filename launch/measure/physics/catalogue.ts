/** What is asked of a model's intuitive physics: closed, in the order of the report. */
import type { PhysicsEvent } from "./event.ts";
import { doubled } from "./events/doubled.ts";
import { drifts } from "./events/drifts.ts";
import { passedThrough } from "./events/passed-through.ts";
import { recoloured } from "./events/recoloured.ts";
import { rises } from "./events/rises.ts";
import { sinks } from "./events/sinks.ts";
import { teleports } from "./events/teleports.ts";
import { untouched } from "./events/untouched.ts";
import { vanishes } from "./events/vanishes.ts";

export const physicsEvents: readonly PhysicsEvent[] = [
  ...[vanishes, teleports, sinks, passedThrough, rises, doubled, drifts],
  ...[recoloured, untouched],
];
