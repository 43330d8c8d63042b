import { poseOf } from "../../../../runtime/core/trial.ts";
import { anywhere, type PhysicsEvent } from "../event.ts";

const SPEED_M_PER_S = 0.05;

/** A table carries what lies on it. */
export const sinks: PhysicsEvent = {
  property: "solidity",
  what: "it sinks into the table, 1 cm a decision",
  occasion: anywhere,
  begin({ thing, truth }) {
    const { positionM, yawRad } = poseOf(truth.objects, thing);
    const [x, y, z] = positionM;
    return (elapsedS) => [{ kind: "haunted", thing, pose: { positionM: [x, y, z - SPEED_M_PER_S * elapsedS], yawRad } }];
  },
};
