/** A scene as a data set's meta.json holds it: what differs from the default, in the words of the launch file. */
import { isDeepStrictEqual } from "node:util";
import { defaultScene, defaultTableTop, type SceneSpec } from "./scene.ts";
import { defaultWorkArea } from "./work-area.ts";

/** A table with one cube, as it was recorded before scenes could hold anything else: the same data keep their hash. */
interface CubeRecord {
  readonly tableSurfaceM: number;
  readonly cubeEdgeM: number;
  readonly cubeMassKg: number;
  readonly cubeFriction: number;
  readonly cubeRgb: readonly number[];
  readonly lightScale: number;
}

export function sceneRecord(scene: SceneSpec): Readonly<Record<string, unknown>> {
  const { table, area } = scene;
  const more = { ...(table ? { table: tableRecord(table) } : {}), ...(isDeepStrictEqual(area, defaultWorkArea) ? {} : { area }) };
  const cube = cubeRecord(scene);
  if (cube) return { ...cube, ...more };
  const { table: _, area: __, ...rest } = scene;
  const isOther = ([key, value]: readonly [string, unknown]): boolean => !isDeepStrictEqual(value, defaultScene[key as keyof SceneSpec]);
  return { ...Object.fromEntries(Object.entries(rest).filter(isOther)), ...more };
}

/** Null where there is anything but one cube that every trial draws, under the default lights. */
function cubeRecord(scene: SceneSpec): CubeRecord | null {
  const { tableSurfaceM, lightScale, objects, table: _, area: __, ...rest } = scene;
  const { tableSurfaceM: ___, lightScale: ____, objects: _____, area: ______, ...plain } = defaultScene;
  const { cube, ...others } = objects;
  if (!cube || cube.at || cube.shape.kind !== "box" || Object.keys(others).length > 0 || !isDeepStrictEqual(rest, plain)) return null;
  const [cubeEdgeM, ...edges] = cube.shape.sizeM;
  if (edges.some((edge) => edge !== cubeEdgeM)) return null;
  return { tableSurfaceM, cubeEdgeM, cubeMassKg: cube.massKg, cubeFriction: cube.friction, cubeRgb: cube.rgb, lightScale };
}

function tableRecord({ centreM, yawRad, ...top }: NonNullable<SceneSpec["table"]>): object {
  const isOther = ([key, value]: readonly [string, unknown]): boolean =>
    value !== undefined && !isDeepStrictEqual(value, defaultTableTop[key as keyof typeof defaultTableTop]);
  return { centreM, yawRad, ...Object.fromEntries(Object.entries(top).filter(isOther)) };
}
