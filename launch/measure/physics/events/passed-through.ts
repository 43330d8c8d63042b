import { poseOf } from "../../../../runtime/core/trial.ts";
import { occasionWhere, type PhysicsEvent, wayM } from "../event.ts";

const STILL_M = 0.001;
const PUSHED_M = 0.03;

/** What is pushed gives way; here less moves than should, so that whoever expects no change is surprised by what is possible. */
export const passedThrough: PhysicsEvent = {
  property: "solidity",
  what: "it stays, and the hand goes through it",
  occasion: occasionWhere((states, thing) => wayM(states.slice(0, 2), thing) > STILL_M && wayM(states, thing) > PUSHED_M),
  begin({ thing, truth }) {
    const pose = poseOf(truth.objects, thing);
    return () => [{ kind: "haunted", thing, pose }];
  },
};
