/** What an arm in Gazebo is asked beside motions: an episode of the same protocol as in the embedded simulator, and where everything is. */
import * as z from "zod";
import type { GazeboArm } from "../../robots/gazebo/arm.ts";
import { type GazeboEpisode, type GazeboEpisodeStart, type Passage, playInto } from "../../robots/gazebo/episodes.ts";
import type { GazeboRequests } from "../../robots/gazebo/lockstep-robot.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { GroundTruth, RobotSpec, Vec3 } from "../../runtime/core/types.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";
import { sampleEpisode, type TaskName } from "../../sim/episode.ts";
import type { SceneSpec } from "../../sim/scene.ts";

const resetPayload = z.strictObject({ task: z.enum(["push", "reach"]), seed: z.int().nonnegative() });
const DRAWS_MAX = 20;

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
      episode = drawEpisode(task, seed, { spec, scene, kinematics });
      const { goalFrames } = await playInto(arm, passage, episode);
      return { goalFrames, truth: truth(arm) };
    },
    async answer(arm, name) {
      if (name === "truth") return truth(arm);
      throw new AgentError("launch.invalid", `Gazebo: no question "${name}"; it knows "truth"`);
    },
  };
}

interface Drawing {
  readonly spec: RobotSpec;
  readonly scene: SceneSpec;
  readonly kinematics: Kinematics;
}

/** The episode that the embedded simulator draws for this seed. */
export function drawEpisode(task: TaskName, seed: number, { spec, scene, kinematics }: Drawing): GazeboEpisode {
  const rng = createRng(seed);
  const inverse = (positionM: Vec3): Float64Array | null => {
    const result = kinematics.inverse({ seedRad: spec.homeRad, positionM, quaternion: "down" });
    return result.converged ? result.positionRad : null;
  };
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const { start, goal } = sampleEpisode(task, rng, scene);
    const [startRad, goalRad] = [inverse(start.toolM), inverse(goal.toolM)];
    if (!startRad || !goalRad) continue;
    return {
      start: { armRad: startRad, object: start.cube },
      goal: { armRad: goalRad, object: goal.cube },
      goalToolM: goal.toolM,
    };
  }
  throw new AgentError(
    "goal.unreachable",
    `Gazebo: seed ${seed} gave ${DRAWS_MAX} ${task} episodes outside the arm's reach; take another seed`,
  );
}
