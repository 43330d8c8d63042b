import { anywhere, once, type PhysicsEvent, placeBeside } from "../event.ts";

const AWAY_M = 0.12;

/** Things come from one place to another by all places in between. */
export const teleports: PhysicsEvent = {
  property: "continuity",
  what: "it is elsewhere at once, 12 cm away",
  occasion: anywhere,
  begin: (setting) => once([setting.thing, placeBeside(setting, AWAY_M)]),
};
