import { anywhere, once, type PhysicsEvent, placeBeside } from "../event.ts";

const AWAY_M = 0.09;

/** One thing is one thing. */
export const doubled: PhysicsEvent = {
  property: "number",
  what: "one becomes two, 9 cm apart",
  occasion: anywhere,
  begin: (setting) => once([setting.double, placeBeside(setting, AWAY_M)]),
};
