/** What an arm in Gazebo is asked beside motions: a trial of the same protocol as in the embedded simulator, where everything is, and a drawing. */
import * as z from "zod";
import type { GazeboArm } from "../../../runtime/bridge/gazebo/arm/arm.ts";
import { drawPath } from "../../../runtime/bridge/gazebo/arm/drawing.ts";
import { type GazeboEpisode, type Passage, playInto } from "../../../runtime/bridge/gazebo/arm/episodes.ts";
import type { GazeboRequests } from "../../../runtime/bridge/gazebo/arm/lockstep-robot.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import { tableFrame } from "../../../runtime/core/table.ts";
import { parseTrial, poseOf, type TrialStart, type WorldState } from "../../../runtime/core/trial.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";

/** The scene's loose thing. */
export const OBJECT = "cube";

const point = z.tuple([z.number(), z.number(), z.number()]).readonly();
const drawPayload = z.strictObject({ pathM: z.array(point).min(2).max(64), goalM: point.nullable() });

/** `reset` with a Trial, `truth`, and `draw` {pathM, goalM}. The kinematics stay the caller's. */
export function gazeboRequests(spec: RobotSpec, scene: SceneSpec, kinematics: Kinematics): GazeboRequests {
  const truth = ({ joints, object }: GazeboArm): WorldState => {
    if (!joints || !object) throw new AgentError("robot.lost", "Gazebo: joints or object were never heard");
    return { toolM: kinematics.toolAt(joints.positionRad), objects: { [OBJECT]: { positionM: object.positionM, yawRad: object.yawRad } } };
  };
  return {
    placements: ["reset"],
    async place(arm: GazeboArm, passage: Passage, name, payload): Promise<TrialStart> {
      if (name !== "reset") throw new AgentError("launch.invalid", `Gazebo: no placement "${name}"; it knows "reset"`);
      const { start, goal } = parseTrial(payload, spec.joints.length);
      const { goalFrames } = await playInto(arm, passage, {
        start: { armRad: start.armRad, object: poseOf(start.objects, OBJECT) },
        goal: { armRad: goal.armRad, object: poseOf(goal.objects, OBJECT) },
        parked: parkedIn(scene),
      });
      return { goalFrames, truth: truth(arm) };
    },
    async answer(arm, name, payload) {
      if (name === "truth") return truth(arm);
      if (name !== "draw") throw new AgentError("launch.invalid", `Gazebo: no question "${name}"; it knows "truth" and "draw"`);
      const { pathM, goalM } = drawPayload.parse(payload);
      return drawPath(arm, pathM, goalM);
    },
  };
}

/** A corner of the table that the arm does not pass. */
function parkedIn({ cubeEdgeM, tableSurfaceM, table }: SceneSpec): GazeboEpisode["parked"] {
  const { toBase, yawRad } = tableFrame(table);
  return { positionM: toBase([0.85, 0.45, tableSurfaceM + cubeEdgeM / 2]), yawRad };
}
