import { poseOf } from "../../../../runtime/core/trial.ts";
import { occasionWhere, type PhysicsEvent, placeBeside, wayM } from "../event.ts";

const STILL_M = 0.001;
const SPEED_M_PER_S = 0.1;

/** What lies still and is touched by nobody stays where it is. */
export const drifts: PhysicsEvent = {
  property: "contact",
  what: "it moves although nobody touches it, 2 cm a decision",
  occasion: occasionWhere((states, thing) => wayM(states, thing) < STILL_M),
  begin(setting) {
    const { thing, truth } = setting;
    const { positionM, yawRad } = poseOf(truth.objects, thing);
    const [x, y, z] = positionM;
    const towards = placeBeside(setting, 1).positionM;
    const wayXYM = Math.hypot(towards[0] - x, towards[1] - y);
    return (elapsedS) => {
      const share = (SPEED_M_PER_S * elapsedS) / wayXYM;
      return [{ kind: "haunted", thing, pose: { positionM: [x + share * (towards[0] - x), y + share * (towards[1] - y), z], yawRad } }];
    };
  },
};
