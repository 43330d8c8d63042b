/** A tabletop scene as MJCF: the robot's own model with a table, a cube and lights added to it. */
import { readFileSync } from "node:fs";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import { defaultTable, tableFrame } from "../runtime/core/table.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";
import { middleOf } from "../runtime/core/work-area.ts";

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
