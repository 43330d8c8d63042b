/** What a privileged model is told in place of pictures: a simulation's truth; for eval's oracle, and to watch what a planner does that sees perfectly. */
import type { Brain, GoalParts } from "../runtime/assemble/brain.ts";
import type { OpenedRobot } from "../runtime/assemble/opened-robot.ts";
import type { ModelPackage } from "../runtime/core/model.ts";
import type { Latent } from "../runtime/core/planning.ts";
import { feel } from "../runtime/core/signals.ts";
import type { Measures } from "../runtime/core/skill.ts";
import { type Posture, type TrialSpec, type TrialWorld, targetM, turnRad, type WorldState } from "../runtime/core/trial.ts";
import type { Hand } from "../runtime/encode/encoder.ts";
import { memoryless } from "../runtime/encode/memoryless.ts";

/** Such a model cannot look: it is of use where a simulation tells. */
export const isPrivileged = ({ spec }: Pick<ModelPackage, "spec">): boolean => spec.observation === "state";

export interface PrivilegeOptions {
  readonly brain: Pick<Brain, "package" | "encoder" | "towardsLatent">;
  readonly world: Pick<TrialWorld, "truth">;
  readonly opened: Pick<OpenedRobot, "robot" | "clock">;
  readonly hand: Hand;
  /** Which thing counts, and how far it is from a goal. */
  readonly spec: Pick<TrialSpec, "object" | "errorM" | "successM">;
}

export interface Privilege {
  /** Shape (latentDim), what is felt zero; the hand turned about the vertical by so much, radians. */
  encodeGoal(state: WorldState, yawRad: number): Promise<Latent>;
  /** The parts of an agent that is on its way to this; how far it is, and whether it is there, it is told too. */
  towards(goal: Posture & WorldState): Promise<GoalParts>;
}

export function privilegeOf({ brain, world, opened, hand, spec }: PrivilegeOptions): Privilege {
  const { stateDim } = brain.package;
  const signals = brain.package.spec.proprioception.map(({ name }) => name);
  const stateOf = (state: WorldState, yawRad: number): Float32Array => {
    const { toolM, openingM = 0 } = state;
    const felt = feel(signals, { toolM, yawRad, gripper: { openingM } }, hand.gripper);
    return Float32Array.from([...felt, ...targetM(spec, state), turnRad(spec, state)].slice(0, stateDim)); // A twin of things without a turn is told none.
  };
  const yawNowRad = (): number => hand.yawAt(opened.robot.commandedAt(opened.clock.nowNs()).positionRad);
  const encodeGoal: Privilege["encodeGoal"] = (state, yawRad) => brain.encoder.encodeGoalState(stateOf(state, yawRad));
  const measured = (now: WorldState, goal: WorldState): Partial<Measures> => {
    const errorM = spec.errorM(now, goal);
    const there = errorM <= spec.successM ? { criticCost: 0 } : {}; // Whatever it lacks of the turn.
    return spec.object === null ? { ...there, toolToGoalM: errorM } : { ...there, objectToGoalM: errorM, objectM: targetM(spec, now) };
  };
  return {
    encodeGoal,
    async towards(goal) {
      const parts = brain.towardsLatent("image", await encodeGoal(goal, hand.yawAt(goal.armRad)), targetM(spec, goal));
      let now: WorldState | null = null;
      const encode = async (): Promise<Latent> => {
        now = await world.truth();
        return brain.encoder.encodeState(stateOf(now, yawNowRad()));
      };
      const judge: GoalParts["judge"] = async (latent, signal) => ({
        ...(await parts.judge(latent, signal)),
        ...(now && measured(now, goal)),
      });
      return { ...parts, judge, believer: memoryless({ encode }) };
    },
  };
}
