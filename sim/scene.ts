/** A tabletop scene as MJCF: the robot's own model with table, things and lights added to it. */
import { plainText } from "../runtime/core/plain-file.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import { defaultTableTop, type SceneLight, type SceneObject, type SceneSpec } from "../runtime/core/scene.ts";
import { type FixedPart, fixedParts, restingPoses } from "../runtime/core/scene-layout.ts";
import type { Shape } from "../runtime/core/shape.ts";
import { defaultTable, type TableFrame, tableFrame } from "../runtime/core/table.ts";
import type { Pose } from "../runtime/core/trial.ts";

/** Physics step: 4 ms, one per streamed command; the stiff arm servos and the things stay stable at it (test/sim/world.test.ts). */
export const PHYSICS_STEP_S = 0.004;

/** Collision bits (robots/README.md): the robot has 1 and 2. */
const FIXED = 'contype="2" conaffinity="1"';
const LOOSE = 'contype="2" conaffinity="3"';
const SEEN_ALONE = 'contype="0" conaffinity="0"';
const TABLE_THICKNESS_M = 0.04;

/** Of the text of a robot's model, which has no meshes in it. */
const XML_BYTES_MAX = 64 * 2 ** 20;

/** MJCF text of robot and scene; MuJoCo merges repeated sections, so the scene is appended to the robot's model. */
export function sceneXml(robot: RobotSpec, scene: SceneSpec): string {
  const frame = tableFrame(scene.table);
  const resting = restingPoses(scene);
  const shine = (share: number): string => repeated(share * scene.lightScale);
  return plainText(robot.modelPath, XML_BYTES_MAX).replace(
    "</mujoco>",
    `
  <option timestep="${PHYSICS_STEP_S}" integrator="implicitfast" cone="elliptic" impratio="5"/>
  <visual><headlight ambient="${shine(scene.ambientLight)}" diffuse="${shine(scene.cameraLight)}" specular="0 0 0"/></visual>
  <worldbody>${[
    ...Object.entries(scene.lights).map(([name, light]) => lightXml(name, light, frame, shine)),
    `<geom name="floor" type="plane" pos="0 0 ${scene.tableSurfaceM - 0.75}" size="3 3 0.1" rgba="0.33 0.36 0.4 1" ${SEEN_ALONE}/>`,
    tableXml(scene),
    ...fixedParts(scene).map((part) => fixedXml(part, frame)),
    ...Object.entries(scene.objects).map(([name, object]) => looseXml(name, object, resting[name]!)),
  ]
    .map((line) => `\n    ${line}`)
    .join("")}
  </worldbody>
</mujoco>`,
  );
}

function lightXml(name: string, light: SceneLight, { toBase, turnToBase }: TableFrame, shine: (share: number) => string): string {
  const { positionM, direction, strength, isDirectional, castsShadow } = light;
  const place = `pos="${toBase(positionM).join(" ")}" dir="${turnToBase(direction).join(" ")}"`;
  return `<light name="${name}" directional="${isDirectional}" ${place} diffuse="${shine(strength)}" castshadow="${castsShadow}"/>`;
}

function tableXml({ table, tableSurfaceM }: SceneSpec): string {
  const { centreM, yawRad, sizeM, rgb, friction } = { ...defaultTableTop, ...defaultTable, ...table };
  const place = `pos="${centreM.join(" ")} ${tableSurfaceM - TABLE_THICKNESS_M / 2}" ${turned(yawRad)}`;
  const size = `size="${sizeM[0] / 2} ${sizeM[1] / 2} ${TABLE_THICKNESS_M / 2}"`;
  return `<geom name="table" type="box" ${place} ${size} rgba="${rgb.join(" ")} 1" ${FIXED} friction="${friction} 0.005 0.0001"/>`;
}

function fixedXml({ name, shape, pose, rgb, friction }: FixedPart, { toBase, yawRad }: TableFrame): string {
  const place = `pos="${toBase(pose.positionM).join(" ")}" ${turned(pose.yawRad + yawRad)}`;
  const touch = friction === null ? SEEN_ALONE : `${FIXED} friction="${friction} 0.005 0.0001"`;
  return `<geom name="${name}" ${shapeXml(shape)} ${place} rgba="${rgb.join(" ")} 1" ${touch}/>`;
}

function looseXml(name: string, { shape, massKg, rgb, friction }: SceneObject, { positionM, yawRad }: Pose): string {
  const look = `${shapeXml(shape)} mass="${massKg}" rgba="${rgb.join(" ")} 1"`;
  const touch = `${LOOSE} ${shape.kind === "ball" ? ROLLING : 'condim="4"'} friction="${friction} 0.005 0.0001"`;
  return `<body name="${name}" pos="${positionM.join(" ")}" ${turned(yawRad)}><freejoint name="${name}"/><geom name="${name}" ${look} ${touch}/></body>`;
}

/** With rolling friction, so that a ball comes to rest. */
const ROLLING = 'condim="6"';

/** MuJoCo takes half sizes. */
function shapeXml(shape: Shape): string {
  switch (shape.kind) {
    case "box":
      return `type="box" size="${shape.sizeM.map((side) => side / 2).join(" ")}"`;
    case "cylinder":
      return `type="cylinder" size="${shape.radiusM} ${shape.heightM / 2}"`;
    case "ball":
      return `type="sphere" size="${shape.radiusM}"`;
  }
}

const turned = (yawRad: number): string => `quat="${Math.cos(yawRad / 2)} 0 0 ${Math.sin(yawRad / 2)}"`;
const repeated = (value: number): string => [value, value, value].join(" ");
