/** The arm at rest with its work area and its cameras, as a PNG: what is proposed, to look at before anything moves. */
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { loadMujoco } from "../../runtime/kinematics/mujoco.ts";
import { createRenderer } from "../../sim/camera/renderer.ts";
import { sceneXml } from "../../sim/scene.ts";
import { pngOf } from "../user-files.ts";

const [WIDTH_PX, HEIGHT_PX] = [960, 720];
const EDGE = { rgba: "0.1 0.55 0.95 1", radiusM: 0.003 } as const;
const SIGHT = { rgba: "0.95 0.5 0.1 1", radiusM: 0.002 } as const;

/** PNG bytes. */
export async function drawArm(robot: RobotSpec, scene: SceneSpec, cameras: readonly CameraSpec[]): Promise<Uint8Array> {
  const mujoco = await loadMujoco();
  const drawn = [...areaEdges(scene), ...cameras.flatMap(sightLine)].join("\n");
  const model = mujoco.MjModel.from_xml_string(sceneXml(robot, scene).replace("</mujoco>", `<worldbody>${drawn}</worldbody></mujoco>`));
  const data = new mujoco.MjData(model);
  try {
    robot.homeRad.forEach((value, index) => {
      data.qpos[index] = value;
    });
    mujoco.mj_forward(model, data);
    const rgb = createRenderer(model).render(data, onlooker(scene));
    const { default: sharp } = await import("sharp");
    return await pngOf(sharp(rgb, { raw: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3 } }));
  } finally {
    data.delete();
    model.delete();
  }
}

/** From beside and in front, far enough to see arm and area. */
function onlooker({ area: { xM, yM, heightM }, tableSurfaceM }: SceneSpec): CameraSpec {
  const sizeM = Math.max(xM[1], yM[1] - yM[0], heightM[1]) + 0.1;
  const targetM: Vec3 = [xM[1] / 2, 0, tableSurfaceM + heightM[1] / 2 + 0.05];
  const positionM: Vec3 = [targetM[0] + 1.3 * sizeM, -1.6 * sizeM, targetM[2] + 1.1 * sizeM];
  return { name: "onlooker", widthPx: WIDTH_PX, heightPx: HEIGHT_PX, fovYRad: 0.8, positionM, targetM };
}

function areaEdges({ area: { xM, yM, heightM }, tableSurfaceM }: SceneSpec): readonly string[] {
  const zM = heightM.map((height) => tableSurfaceM + height);
  const corners = xM.flatMap((x) => yM.flatMap((y) => zM.map((z): Vec3 => [x, y, z!])));
  const isEdge = (a: Vec3, b: Vec3): boolean => a.filter((value, axis) => value !== b[axis]).length === 1;
  return corners.flatMap((from, index) => corners.slice(index + 1).flatMap((to) => (isEdge(from, to) ? [line(from, to, EDGE)] : [])));
}

const sightLine = ({ positionM, targetM }: CameraSpec): readonly string[] => [
  line(positionM, targetM, SIGHT),
  `<geom type="box" pos="${positionM.join(" ")}" size="0.02 0.02 0.02" rgba="${SIGHT.rgba}" contype="0" conaffinity="0"/>`,
];

const line = (from: Vec3, to: Vec3, { rgba, radiusM }: { readonly rgba: string; readonly radiusM: number }): string =>
  `<geom type="capsule" fromto="${from.join(" ")} ${to.join(" ")}" size="${radiusM}" rgba="${rgba}" contype="0" conaffinity="0"/>`;
