/** Small MuJoCo worlds and pictures for the camera's tests. */
import loadMujoco, { type MjData, type MjModel } from "@mujoco/mujoco";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";

const mujoco = await loadMujoco();

/** A world after mj_forward; `body` is MJCF inside worldbody, `more` beside it. Ambient light only unless `more` says otherwise. */
export function makeWorld(body: string, more = flatLight): { model: MjModel; data: MjData; forward(): void } {
  const model = mujoco.MjModel.from_xml_string(`<mujoco>${more}<worldbody>${body}</worldbody></mujoco>`);
  const data = new mujoco.MjData(model!);
  const forward = (): void => mujoco.mj_forward(model!, data);
  forward();
  return { model: model!, data, forward };
}

/** Every surface has exactly its own colour. */
export const flatLight = `<visual><headlight ambient="1 1 1" diffuse="0 0 0" specular="0 0 0"/></visual>`;
/** Only light from above. */
export const darkRoom = `<visual><headlight ambient="0 0 0" diffuse="0 0 0" specular="0 0 0"/></visual>`;

export const cameraAt = (positionM: Vec3, targetM: Vec3, px = 64): CameraSpec => ({
  name: "test",
  widthPx: px,
  heightPx: px,
  fovYRad: 0.8203,
  positionM,
  targetM,
});

export const front = cameraAt([1.12, 0, 0.42], [0.5, 0, 0.03]);

/** Colour of a pixel. */
export function pixel(rgb: Uint8Array, camera: CameraSpec, column: number, row: number): number[] {
  const o = (row * camera.widthPx + column) * 3;
  return Array.from(rgb.subarray(o, o + 3));
}

/** Area and centroid, in pixels, of what is red more than it is green; a pixel that is half covered counts half. */
export function redBlob(rgb: Uint8Array, camera: CameraSpec): { areaPx: number; xPx: number; yPx: number } {
  let [areaPx, x, y] = [0, 0, 0];
  for (let row = 0; row < camera.heightPx; row++) {
    for (let column = 0; column < camera.widthPx; column++) {
      const [r, g] = pixel(rgb, camera, column, row);
      const share = Math.max(0, r! - g!) / 255;
      areaPx += share;
      x += share * (column + 0.5);
      y += share * (row + 0.5);
    }
  }
  return { areaPx, xPx: x / areaPx, yPx: y / areaPx };
}
