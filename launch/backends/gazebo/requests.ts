/** What an arm in Gazebo is asked beside motions: a trial of the same protocol as in the embedded simulator, where everything is, and a drawing. */
import * as z from "zod";
import type { GazeboArm } from "../../../runtime/bridge/gazebo/arm/arm.ts";
import { drawPath } from "../../../runtime/bridge/gazebo/arm/drawing.ts";
import { type GazeboEpisode, type Passage, playInto } from "../../../runtime/bridge/gazebo/arm/episodes.ts";
import type { GazeboRequests } from "../../../runtime/bridge/gazebo/arm/lockstep-robot.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import { lying } from "../../../runtime/core/scene-layout.ts";
import { tableFrame } from "../../../runtime/core/table.ts";
import { parseTrial, type TrialStart, type WorldState } from "../../../runtime/core/trial.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";

const point = z.tuple([z.number(), z.number(), z.number()]).readonly();
const drawPayload = z.strictObject({ pathM: z.array(point).min(2).max(64), goalM: point.nullable() });

/** `reset` with a Trial, `truth`, and `draw` {pathM, goalM}. The kinematics stay the caller's. */
export function gazeboRequests(spec: RobotSpec, scene: SceneSpec, kinematics: Kinematics): GazeboRequests {
  const truth = (arm: GazeboArm): WorldState => {
    if (!arm.joints)
      throw new AgentError("robot.lost", 'Gazebo: the joints were never heard; look with "foresight gazebo doctor", then start again');
    const objects = Object.keys(scene.objects).map((name) => {
      const pose = arm.poseOf(name);
      if (!pose)
        throw new AgentError(
          "robot.lost",
          `Gazebo: the pose of "${name}" was never heard; look with "foresight gazebo doctor", then start again`,
        );
      return [name, { positionM: pose.positionM, yawRad: pose.yawRad }] as const;
    });
    const { positionRad, gripper } = arm.joints;
    const truth = { toolM: kinematics.toolAt(positionRad), objects: Object.fromEntries(objects) };
    return gripper ? { ...truth, openingM: gripper.openingM } : truth;
  };
  return {
    placements: ["reset"],
    async place(arm: GazeboArm, passage: Passage, name, payload): Promise<TrialStart> {
      if (name !== "reset") throw new AgentError("launch.invalid", `Gazebo: no placement "${name}"; ask for "reset"`);
      const { start, goal } = parseTrial(payload, spec.joints.length);
      const { goalFrames } = await playInto(arm, passage, { start, goal, parked: parkedIn(scene) });
      return { goalFrames, truth: truth(arm) };
    },
    async answer(arm, name, payload) {
      if (name === "truth") return truth(arm);
      if (name !== "draw") throw new AgentError("launch.invalid", `Gazebo: no question "${name}"; ask "truth" or "draw"`);
      const { pathM, goalM } = drawPayload.parse(payload);
      return drawPath(arm, pathM, goalM);
    },
  };
}

/** From a corner of the table that the arm does not pass along its edges, left and right in turn. */
function parkedIn(scene: SceneSpec): GazeboEpisode["parked"] {
  const { toBase, yawRad } = tableFrame(scene.table);
  const poses = Object.entries(scene.objects).map(([name, object], index) => {
    const centreM = [PARKED_X_M - PARKED_SPACING_M * Math.floor(index / 2), index % 2 === 0 ? PARKED_Y_M : -PARKED_Y_M] as const;
    const { positionM } = lying(scene, object, { centreM, yawRad: 0 });
    return [name, { positionM: toBase(positionM), yawRad }] as const;
  });
  return Object.fromEntries(poses);
}

const [PARKED_X_M, PARKED_Y_M] = [0.85, 0.45];
const PARKED_SPACING_M = 0.15;
