import { poseOf } from "../../../../runtime/core/trial.ts";
import { anywhere, type PhysicsEvent } from "../event.ts";

const SPEED_M_PER_S = 0.1;
const HIGH_M = 0.08;

/** What nothing holds falls, and does not rise. */
export const rises: PhysicsEvent = {
  property: "gravity",
  what: "it rises by itself, 2 cm a decision, and floats at 8 cm",
  occasion: anywhere,
  begin({ thing, truth }) {
    const { positionM, yawRad } = poseOf(truth.objects, thing);
    const [x, y, z] = positionM;
    const highM = (elapsedS: number): number => Math.min(HIGH_M, SPEED_M_PER_S * elapsedS);
    return (elapsedS) => [{ kind: "haunted", thing, pose: { positionM: [x, y, z + highM(elapsedS)], yawRad } }];
  },
};
