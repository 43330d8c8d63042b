/** What stands in front of the arm, as data: the same for physics, cameras and every world that is exported. */
import { isDeepStrictEqual } from "node:util";
import type { TablePose } from "./table.ts";
import { defaultWorkArea, type WorkArea } from "./work-area.ts";

export interface SceneSpec {
  readonly tableSurfaceM: number;
  /** Where the table stands, and with it everything on it; absent: `defaultTable`. */
  readonly table?: TablePose | undefined;
  readonly cubeEdgeM: number;
  readonly cubeMassKg: number;
  /** Sliding friction coefficient of the cube, unit-free. */
  readonly cubeFriction: number;
  readonly cubeRgb: readonly [number, number, number];
  /** Multiplies every light, unit-free; 1 is as trained. */
  readonly lightScale: number;
  /** Where things are put and the tool goes. */
  readonly area: WorkArea;
}

export const defaultScene: SceneSpec = {
  tableSurfaceM: 0,
  cubeEdgeM: 0.05,
  cubeMassKg: 0.12,
  cubeFriction: 0.7,
  cubeRgb: [0.85, 0.2, 0.12],
  lightScale: 1,
  area: defaultWorkArea,
};

/** A scene as a data set's meta.json holds it. The default area is left out, as it was before areas could be chosen: the same data keep their hash. */
export function sceneRecord({ area, ...scene }: SceneSpec): Readonly<Record<string, unknown>> {
  return isDeepStrictEqual(area, defaultWorkArea) ? scene : { ...scene, area };
}
