/** Draws a world with the embedded simulator's camera: reads {"qpos": [...]} lines, answers with the bytes of one RGB picture per camera. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { loadMujoco } from "../../runtime/kinematics/mujoco.ts";
import { createRenderer } from "../../sim/camera/renderer.ts";

const { mjcf, cameras } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as { mjcf: string; cameras: CameraSpec[] };
const mujoco = await loadMujoco();
const model = mujoco.MjModel.from_xml_string(mjcf);
const data = new mujoco.MjData(model);
const renderer = createRenderer(model);

for await (const line of createInterface({ input: process.stdin })) {
  (data.qpos as Float64Array).set((JSON.parse(line) as { qpos: number[] }).qpos);
  mujoco.mj_forward(model, data);
  for (const camera of cameras) process.stdout.write(renderer.render(data, camera));
}
