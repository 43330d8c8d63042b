/** What a simulated arm behind ROS 2 is asked beside motions: an episode of the same protocol as in the embedded simulator, and where everything is. */
import * as z from "zod";
import type { RosRequests, RosWorld } from "../../../runtime/bridge/ros2/arm/world.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { GroundTruth } from "../../../runtime/core/truth.ts";
import { type Drawing, type DrawnEpisode, drawEpisode } from "../../../sim/draw-episode.ts";
import type { EpisodeStart } from "../../../sim/sim-driver.ts";

const resetPayload = z.strictObject({ task: z.enum(["push", "reach"]), seed: z.int().nonnegative() });

/** `reset` {task, seed} and `truth`. The kinematics stay the caller's. */
export function rosRequests(drawing: Drawing): RosRequests {
  let episode: DrawnEpisode | null = null;
  const truth = async (world: RosWorld): Promise<GroundTruth> => {
    const { armRad, objectM } = await world.get();
    const toolM = drawing.kinematics.toolAt(armRad);
    return { toolM, objectM, goalObjectM: episode?.goal.object.positionM ?? objectM, goalToolM: episode?.goalToolM ?? toolM };
  };
  return {
    placements: ["reset"],
    async place(world, name, payload) {
      if (name !== "reset") throw new AgentError("launch.invalid", `ROS 2: no placement "${name}"; it knows "reset"`);
      const { task, seed } = resetPayload.parse(payload);
      episode = drawEpisode(task, seed, drawing);
      const goalFrames = await world.set(episode.goal);
      await world.set(episode.start);
      const answer: EpisodeStart = { goalFrames, truth: await truth(world) };
      return { restRad: episode.start.armRad.slice(), answer };
    },
    async answer(world, name) {
      if (name === "truth") return truth(world);
      throw new AgentError("launch.invalid", `ROS 2: no question "${name}" to the world; it knows "truth"`);
    },
  };
}
