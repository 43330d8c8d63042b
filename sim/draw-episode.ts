/** The episode that a seed stands for, as postures of arm and object: the same in every world that can be put somewhere. */
import { AgentError } from "../runtime/core/errors.ts";
import { createRng } from "../runtime/core/rng.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import type { Kinematics } from "../runtime/kinematics/kinematics.ts";
import { sampleEpisode, type TaskName } from "./episode.ts";
import type { SceneSpec } from "./scene.ts";
import type { CubePose } from "./world.ts";

export interface Posture {
  /** Shape (jointCount). */
  readonly armRad: Float64Array;
  readonly object: CubePose;
}

export interface DrawnEpisode {
  readonly start: Posture;
  readonly goal: Posture;
  readonly goalToolM: Vec3;
}

export interface Drawing {
  readonly spec: RobotSpec;
  readonly scene: Pick<SceneSpec, "cubeEdgeM" | "tableSurfaceM" | "area" | "table">;
  readonly kinematics: Kinematics;
}

const DRAWS_MAX = 20;

/** Draws until the arm can take both tool poses, a few times at most. Throws AgentError `goal.unreachable`. */
export function drawEpisode(task: TaskName, seed: number, { spec, scene, kinematics }: Drawing): DrawnEpisode {
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
    `seed ${seed}: gave ${DRAWS_MAX} ${task} episodes outside the reach of "${spec.name}"; take another seed`,
  );
}
