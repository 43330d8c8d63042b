/** What a simulated arm behind ROS 2 is asked beside motions: a trial of the same protocol as in the embedded simulator, and where everything is. */
import type { RosRequests, RosWorld } from "../../../runtime/bridge/ros2/arm/world.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { parseTrial, poseOf, type TrialStart, type WorldState } from "../../../runtime/core/trial.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";

/** The scene's loose thing; ROS calls it by the name in backend.evaluation.object. */
const OBJECT = "cube";

/** `reset` with a Trial, and `truth`. The kinematics stay the caller's. */
export function rosRequests({ joints }: RobotSpec, kinematics: Kinematics): RosRequests {
  const truth = async (world: RosWorld): Promise<WorldState> => {
    const { armRad, object } = await world.get();
    return { toolM: kinematics.toolAt(armRad), objects: { [OBJECT]: object } };
  };
  return {
    placements: ["reset"],
    async place(world, name, payload) {
      if (name !== "reset") throw new AgentError("launch.invalid", `ROS 2: no placement "${name}"; it knows "reset"`);
      const { start, goal } = parseTrial(payload, joints.length);
      const goalFrames = await world.set({ armRad: goal.armRad, object: poseOf(goal.objects, OBJECT) });
      await world.set({ armRad: start.armRad, object: poseOf(start.objects, OBJECT) });
      const answer: TrialStart = { goalFrames, truth: await truth(world) };
      return { restRad: start.armRad.slice(), answer };
    },
    async answer(world, name) {
      if (name === "truth") return truth(world);
      throw new AgentError("launch.invalid", `ROS 2: no question "${name}" to the world; it knows "truth"`);
    },
  };
}
