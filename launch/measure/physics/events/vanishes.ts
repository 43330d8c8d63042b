import { anywhere, once, outOfSight, type PhysicsEvent } from "../event.ts";

/** Things do not cease to be. */
export const vanishes: PhysicsEvent = {
  property: "permanence",
  what: "it vanishes",
  occasion: anywhere,
  begin: (setting) => once([setting.thing, outOfSight(setting)]),
};
