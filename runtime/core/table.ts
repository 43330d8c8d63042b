/** Where the table stands as the arm sees it: a scene is laid out for a table straight ahead, and moves with the table. */
import type { Vec3 } from "./vec3.ts";

/** Base frame; its height is SceneSpec.tableSurfaceM. */
export interface TablePose {
  readonly centreM: readonly [number, number];
  /** About the vertical. */
  readonly yawRad: number;
}

/** Straight ahead of the arm: where every shipped model was trained. */
export const defaultTable: TablePose = { centreM: [0.45, 0], yawRad: 0 };

/** From the layout's frame, in which the table is at `defaultTable`, to the robot's base frame, and back. */
export interface TableFrame {
  toBase(placeM: Vec3): Vec3;
  fromBase(placeM: Vec3): Vec3;
  /** Of displacements. */
  turnToBase(move: Vec3): Vec3;
  turnFromBase(move: Vec3): Vec3;
  readonly yawRad: number;
}

/** Differences are added to what is there, so that the default table changes no bit of any number. */
export function tableFrame({ centreM, yawRad }: TablePose = defaultTable): TableFrame {
  const [px, py] = defaultTable.centreM;
  const [sx, sy] = [centreM[0] - px, centreM[1] - py];
  const [versine, sin] = [Math.cos(yawRad) - 1, Math.sin(yawRad)];
  const turned = ([x, y, z]: Vec3, side: 1 | -1): Vec3 => [x + (versine * x - side * sin * y), y + (side * sin * x + versine * y), z];
  /** Turns about the table's centre by adding what the turn adds. */
  const turnedAbout = ([x, y, z]: Vec3, side: 1 | -1): Vec3 => {
    const [dx, dy] = [x - px, y - py];
    return [x + (versine * dx - side * sin * dy), y + (side * sin * dx + versine * dy), z];
  };
  return {
    toBase(placeM) {
      const [x, y, z] = turnedAbout(placeM, 1);
      return [x + sx, y + sy, z];
    },
    fromBase: ([x, y, z]) => turnedAbout([x - sx, y - sy, z], -1),
    turnToBase: (move) => turned(move, 1),
    turnFromBase: (move) => turned(move, -1),
    yawRad,
  };
}
