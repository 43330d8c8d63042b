import { poseOf } from "../../../../runtime/core/trial.ts";
import { anywhere, once, outOfSight, type PhysicsEvent } from "../event.ts";

/** A control: nothing of physics is broken, and yet it looks otherwise. */
export const recoloured: PhysicsEvent = {
  property: "colour",
  what: "it changes its colour",
  occasion: anywhere,
  begin: (setting) => once([setting.thing, outOfSight(setting)], [setting.otherColour, poseOf(setting.truth.objects, setting.thing)]),
};
