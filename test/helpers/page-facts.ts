/** A page's facts for tests that look at something else: an arm of one joint, no cameras. */
import type { PageFacts } from "../../runtime/dashboard/facts.ts";

export const pageFacts: PageFacts = {
  title: "test",
  cameras: [],
  joints: [{ name: "joint1", type: "revolute", positionMinRad: -1, positionMaxRad: 1, velocityMaxRadPerS: 2 }],
  gripper: null,
  planDeadlineMs: 120,
  decisionPeriodS: 0.2,
  feltCount: 3,
  pictureAgeMsMax: 400,
  goals: [],
  ends: "with-task",
  jogs: false,
  jogAxes: [],
  urgent: [],
  saves: false,
  records: false,
  limits: { maxToolSpeedMPerS: 1, payloadKg: 0, inForce: ["the tool at most 1 m/s"] },
  playback: null,
  scene: null,
};
