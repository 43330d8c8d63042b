/** What a simulated arm behind ROS 2 is asked beside motions: a trial of the same protocol as in the embedded simulator, and where everything is. */
import type { RosRequests, RosWorld } from "../../../runtime/bridge/ros2/arm/world.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { parseTrial, type TrialStart, type WorldState } from "../../../runtime/core/trial.ts";
import type { Kinematics } from "../../../runtime/kinematics/kinematics.ts";

/** `reset` with a Trial, and `truth` of these things, which the simulation calls by the same names. The kinematics stay the caller's. */
export function rosRequests({ joints }: RobotSpec, names: readonly string[], kinematics: Kinematics): RosRequests {
  const truth = async (world: RosWorld): Promise<WorldState> => {
    const { armRad, objects } = await world.get(names);
    return { toolM: kinematics.toolAt(armRad), objects };
  };
  return {
    placements: ["reset"],
    async place(world, name, payload) {
      if (name !== "reset") throw new AgentError("launch.invalid", `ROS 2: no placement "${name}"; ask for "reset"`);
      const { start, goal } = parseTrial(payload, joints.length);
      const goalFrames = await world.set(goal);
      await world.set(start);
      const answer: TrialStart = { goalFrames, truth: await truth(world) };
      return { restRad: start.armRad.slice(), answer };
    },
    async answer(world, name) {
      if (name === "truth") return truth(world);
      throw new AgentError("launch.invalid", `ROS 2: no question "${name}" to the world; ask that`);
    },
  };
}
