/** A tabletop scene as MJCF: the robot's own model with a table, a cube and lights added to it. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { defaultTable, type TablePose, tableFrame } from "./table.ts";
import { defaultWorkArea, middleOf, type WorkArea } from "./work-area.ts";

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

/** Physics step: 4 ms, one per streamed command; the stiff arm servos and the cube stay stable at it (test/sim/world.test.ts). */
export const PHYSICS_STEP_S = 0.004;

/** MJCF text of robot and scene; MuJoCo merges repeated sections, so the scene is appended to the robot's model. */
export function sceneXml(robot: RobotSpec, scene: SceneSpec): string {
  const robotXml = readFileSync(robot.modelPath, "utf8");
  const half = scene.cubeEdgeM / 2;
  const { toBase, turnToBase, yawRad } = tableFrame(scene.table);
  const [centreX, centreY] = scene.table?.centreM ?? defaultTable.centreM;
  const text = (vector: Vec3): string => vector.join(" ");
  const turn = `quat="${Math.cos(yawRad / 2)} 0 0 ${Math.sin(yawRad / 2)}"`;
  const light = (share: number): string =>
    Array(3)
      .fill(share * scene.lightScale)
      .join(" ");
  return robotXml.replace(
    "</mujoco>",
    `
  <option timestep="${PHYSICS_STEP_S}" integrator="implicitfast" cone="elliptic" impratio="5"/>
  <visual><headlight ambient="${light(0.35)}" diffuse="${light(0.15)}" specular="0 0 0"/></visual>
  <worldbody>
    <light name="key" directional="true" pos="${text(toBase([0.6, -0.6, 1.6]))}" dir="${text(turnToBase([-0.25, 0.45, -1]))}" diffuse="${light(0.5)}" castshadow="true"/>
    <light name="fill" directional="true" pos="${text(toBase([1.4, 0.8, 1.4]))}" dir="${text(turnToBase([-0.7, -0.5, -0.8]))}" diffuse="${light(0.25)}" castshadow="false"/>
    <geom name="floor" type="plane" pos="0 0 ${scene.tableSurfaceM - 0.75}" size="3 3 0.1" rgba="0.33 0.36 0.4 1" contype="0" conaffinity="0"/>
    <geom name="table" type="box" pos="${centreX} ${centreY} ${scene.tableSurfaceM - 0.02}" ${turn} size="0.62 0.6 0.02" rgba="0.62 0.58 0.5 1"
          contype="2" conaffinity="1" friction="0.7 0.005 0.0001"/>
    <body name="cube" pos="${text(toBase([middleOf(scene.area.xM), middleOf(scene.area.yM), scene.tableSurfaceM + half]))}">
      <freejoint name="cube"/>
      <geom name="cube" type="box" size="${half} ${half} ${half}" mass="${scene.cubeMassKg}" rgba="${scene.cubeRgb.join(" ")} 1"
            contype="2" conaffinity="3" condim="4" friction="${scene.cubeFriction} 0.005 0.0001"/>
    </body>
  </worldbody>
</mujoco>`,
  );
}
