/** What the page is told of an agent before it begins: joints, cameras, limits, shapes. */
import type { PageFacts } from "../../runtime/dashboard/facts.ts";
import type { Blueprint } from "../blueprint.ts";
import { robotName } from "../config/schema.ts";

export async function pageFacts({ config, spec, model }: Blueprint): Promise<PageFacts> {
  return {
    title: `Foresight: ${robotName(config.robot)}`,
    cameras: config.cameras,
    joints: spec.joints.map(({ name, type = "revolute", positionMinRad, positionMaxRad, velocityMaxRadPerS }) => ({
      ...{ name, type, velocityMaxRadPerS },
      ...{
        positionMinRad: type === "revolute" ? positionMinRad : -Math.PI,
        positionMaxRad: type === "revolute" ? positionMaxRad : Math.PI,
      },
    })),
    planDeadlineMs: config.planner.deadlineMs,
    decisionPeriodS: model.spec.controlPeriodS,
    pictureAgeMsMax: config.guards.maxObservationAgeMs,
    goals: [],
    ends: "with-task",
    scene: null,
  };
}
