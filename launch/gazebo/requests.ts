/** What an arm in Gazebo is asked beside motions: an episode of the same protocol as in the embedded simulator, and where everything is. */
import * as z from "zod";
import type { GazeboArm } from "../../robots/gazebo/arm.ts";
import { type GazeboEpisode, type GazeboEpisodeStart, type Passage, playInto } from "../../robots/gazebo/episodes.ts";
import type { GazeboRequests } from "../../robots/gazebo/lockstep-robot.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GroundTruth, RobotSpec } from "../../runtime/core/types.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";
import { drawEpisode } from "../../sim/draw-episode.ts";
import type { SceneSpec } from "../../sim/scene.ts";
import { tableFrame } from "../../sim/table.ts";

const resetPayload = z.strictObject({ task: z.enum(["push", "reach"]), seed: z.int().nonnegative() });

/** `reset` {task, seed} and `truth`. The kinematics stay the caller's. */
export function gazeboRequests(spec: RobotSpec, scene: SceneSpec, kinematics: Kinematics): GazeboRequests {
  let episode: GazeboEpisode | null = null;
  const truth = (arm: GazeboArm): GroundTruth => {
    const { joints, object } = arm;
    if (!joints || !object) throw new AgentError("robot.lost", "Gazebo: joints or object were never heard");
    const toolM = kinematics.toolAt(joints.positionRad);
    const goalObjectM = episode?.goal.object.positionM ?? object.positionM;
    return { toolM, objectM: object.positionM, goalObjectM, goalToolM: episode?.goalToolM ?? toolM };
  };
  return {
    placements: ["reset"],
    async place(arm: GazeboArm, passage: Passage, name, payload): Promise<GazeboEpisodeStart> {
      if (name !== "reset") throw new AgentError("launch.invalid", `Gazebo: no placement "${name}"; it knows "reset"`);
      const { task, seed } = resetPayload.parse(payload);
      episode = { ...drawEpisode(task, seed, { spec, scene, kinematics }), parked: parkedIn(scene) };
      const { goalFrames } = await playInto(arm, passage, episode);
      return { goalFrames, truth: truth(arm) };
    },
    async answer(arm, name) {
      if (name === "truth") return truth(arm);
      throw new AgentError("launch.invalid", `Gazebo: no question "${name}"; it knows "truth"`);
    },
  };
}

/** A corner of the table that the arm does not pass. */
function parkedIn({ cubeEdgeM, tableSurfaceM, table }: SceneSpec): GazeboEpisode["parked"] {
  const { toBase, yawRad } = tableFrame(table);
  return { positionM: toBase([0.85, 0.45, tableSurfaceM + cubeEdgeM / 2]), yawRad };
}
