/** The trial that a seed stands for, as postures of arm and objects: the same in every world that can be put somewhere. */
import { AgentError } from "../core/errors.ts";
import { createRng } from "../core/rng.ts";
import type { RobotSpec } from "../core/robot.ts";
import type { SceneSpec } from "../core/scene.ts";
import { type TableFrame, tableFrame } from "../core/table.ts";
import type { Trial, TrialSpec, WorldState } from "../core/trial.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { Kinematics } from "../kinematics/kinematics.ts";

export interface TrialDrawing {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly kinematics: Pick<Kinematics, "inverse">;
}

const DRAWS_MAX = 20;

/** Draws until the arm can take both tool poses, a few times at most. Throws AgentError `goal.unreachable`; `launch.invalid` for an arm without the gripper that it needs. */
export function drawTrial(spec: TrialSpec, seed: number, { robot, scene, kinematics }: TrialDrawing): Trial {
  const rng = createRng(seed);
  const frame = tableFrame(scene.table);
  const hand = handOf(spec, robot);
  const inverse = (positionM: Vec3): Float64Array | null => {
    const result = kinematics.inverse({ seedRad: robot.homeRad, positionM, quaternion: "down" });
    return result.converged ? result.positionRad : null;
  };
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const drawn = spec.draw(rng);
    const [start, goal] = [onTable(drawn.start, frame), onTable(drawn.goal, frame)];
    const [startRad, goalRad] = [inverse(start.toolM), inverse(goal.toolM)];
    if (!startRad || !goalRad) continue;
    const { toolM: _, ...startState } = start;
    return { start: { armRad: startRad, ...startState, ...hand }, goal: { armRad: goalRad, ...goal, ...hand }, seed };
  }
  throw new AgentError(
    "goal.unreachable",
    `seed ${seed}: gave ${DRAWS_MAX} trials outside the reach of "${robot.name}"; take another seed, or move backend.scene.area`,
  );
}

function handOf({ hand }: TrialSpec, { name, gripper }: RobotSpec): { readonly openingM?: number } {
  if (hand === undefined) return {};
  if (gripper) return { openingM: gripper.openingMaxM };
  throw new AgentError(
    "launch.invalid",
    `trial: it begins with an open hand, and robot "${name}" has no gripper; choose a robot that has one`,
  );
}

/** From the layout's frame to the table's. */
export const onTable = ({ toolM, objects, ...rest }: WorldState, { toBase, yawRad }: TableFrame): WorldState => ({
  ...rest,
  toolM: toBase(toolM),
  objects: Object.fromEntries(
    Object.entries(objects).map(([name, pose]) => [name, { positionM: toBase(pose.positionM), yawRad: pose.yawRad + yawRad }]),
  ),
});
