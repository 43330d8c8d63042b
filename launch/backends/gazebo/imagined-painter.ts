/** Shows in Gazebo what the agent imagines, decision by decision, when the launch file asks for it. */
import type { Tap } from "../../../runtime/core/tap.ts";
import { type Trial, type TrialSpec, type TrialWorld, targetM } from "../../../runtime/core/trial.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

/** One drawing at a time, newer ones meanwhile are left out; after one that fails there are no more, since in lockstep each further attempt would hold the world up. */
export function imaginedPainter(draw: NonNullable<TrialWorld["draw"]>, goalM: Vec3 | null): Tap {
  let isBusy = false;
  let failure: unknown = null;
  return {
    name: "drawing of the imagined path",
    tick({ decision: { toolM, imaginedToolM } }) {
      if (failure !== null) throw failure;
      if (isBusy || imaginedToolM.length === 0) return;
      isBusy = true;
      draw([toolM, ...points(imaginedToolM)], goalM).then(
        () => {
          isBusy = false;
        },
        (error: unknown) => {
          failure = error;
        },
      );
    },
  };
}

/** Where the object shall be; the tool, where the object stays where it is. */
export const goalPointM = (trial: Trial | null, spec: TrialSpec | null): Vec3 | null => (trial && spec ? targetM(spec, trial.goal) : null);

const points = (values: Float32Array): readonly Vec3[] =>
  Array.from({ length: values.length / 3 }, (_, i) => [values[3 * i]!, values[3 * i + 1]!, values[3 * i + 2]!] as const);
