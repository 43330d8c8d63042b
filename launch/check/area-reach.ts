/** Which places of a work area an arm's tool can take, as starts, goals and play ask for them: pointing down, found from the rest posture. */
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { tableFrame } from "../../runtime/core/table.ts";
import { type TrialSpec, toolCorners } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";

/** A place of the tool, base frame. */
export interface AskedPlace {
  readonly placeM: Vec3;
  readonly isReached: boolean;
  /** How far the nearest posture that was found stays away; next to nothing where only the direction is not met. */
  readonly missedByM: number;
}

export interface AreaReach {
  readonly corners: readonly AskedPlace[];
  /** On a grid through the area, its rim included. */
  readonly within: readonly AskedPlace[];
}

/** Places along a side of the area. */
const [PLACES_XY, PLACES_Z] = [5, 3];

/** Deterministic; about a hundred postures are looked for. */
export function reachOfArea(trial: Pick<TrialSpec, "toolBox">, scene: SceneSpec, kinematics: Kinematics): AreaReach {
  const { minM, maxM } = trial.toolBox;
  const { toBase } = tableFrame(scene.table);
  const along = (axis: 0 | 1 | 2, count: number): readonly number[] =>
    minM[axis] === maxM[axis] ? [minM[axis]] : between(minM[axis], maxM[axis], count);
  const within = along(0, PLACES_XY).flatMap((x) =>
    along(1, PLACES_XY).flatMap((y) => along(2, PLACES_Z).map((z) => ask(toBase([x, y, z]), kinematics))),
  );
  return { corners: toolCorners(trial, scene).map((cornerM) => ask(cornerM, kinematics)), within };
}

function ask(positionM: Vec3, kinematics: Kinematics): AskedPlace {
  const { converged, residualM } = kinematics.inverse({ seedRad: kinematics.spec.homeRad, positionM, quaternion: "down" });
  return { placeM: positionM, isReached: converged, missedByM: residualM };
}

const between = (low: number, high: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1));
