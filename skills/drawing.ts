/** What the trials of several skills draw alike: things on the table, and whatever is drawn again until it fits. */
import type { Rng } from "../runtime/core/rng.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import type { Pose } from "../runtime/core/trial.ts";

const DRAWS_MAX = 10_000;

/** The scene's loose thing somewhere in the work area, turned anyhow. */
export function drawCube(rng: Rng, { area, tableSurfaceM, cubeEdgeM }: SceneSpec): Pose {
  const zM = tableSurfaceM + cubeEdgeM / 2;
  return { positionM: [rng.between(...area.xM), rng.between(...area.yM), zM], yawRad: rng.between(-Math.PI, Math.PI) };
}

export function drawUntil<T>(sample: () => T, accept: (value: T) => boolean): T {
  for (let attempt = 0; attempt < DRAWS_MAX; attempt++) {
    const value = sample();
    if (accept(value)) return value;
  }
  throw new Error(`internal: no acceptable trial in ${DRAWS_MAX} draws`);
}
