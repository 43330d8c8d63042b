/** What an arm in Gazebo is asked beside motions: an episode of the same protocol as in the embedded simulator, and where everything is. */
import * as z from "zod";
import type { GazeboArm } from "../../../runtime/bridge/gazebo/arm/arm.ts";
import { drawPath } from "../../../runtime/bridge/gazebo/arm/drawing.ts";
import { type GazeboEpisode, type GazeboEpisodeStart, type Passage, playInto } from "../../../runtime/bridge/gazebo/arm/episodes.ts";
import type { GazeboRequests } from "../../../runtime/bridge/gazebo/arm/lockstep-robot.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { GroundTruth } from "../../../runtime/core/truth.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { drawEpisode } from "../../../sim/draw-episode.ts";
import type { SceneSpec } from "../../../sim/scene.ts";
import { tableFrame } from "../../../sim/table.ts";

const point = z.tuple([z.number(), z.number(), z.number()]).readonly();
const drawPayload = z.strictObject({ pathM: z.array(point).min(2).max(64) });
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
    async answer(arm, name, payload) {
      if (name === "truth") return truth(arm);
      if (name === "draw") return drawPath(arm, drawPayload.parse(payload).pathM, episode && goalOf(episode));
      throw new AgentError("launch.invalid", `Gazebo: no question "${name}"; it knows "truth" and "draw"`);
    },
  };
}

/** Where the object shall be; the tool, where the object stays where it is. */
function goalOf({ start, goal, goalToolM }: GazeboEpisode): Vec3 {
  const [from, to] = [start.object.positionM, goal.object.positionM];
  return Math.hypot(to[0] - from[0], to[1] - from[1]) > 0 ? to : goalToolM;
}

/** A corner of the table that the arm does not pass. */
function parkedIn({ cubeEdgeM, tableSurfaceM, table }: SceneSpec): GazeboEpisode["parked"] {
  const { toBase, yawRad } = tableFrame(table);
  return { positionM: toBase([0.85, 0.45, tableSurfaceM + cubeEdgeM / 2]), yawRad };
}
