/** A robot's description for ROS is the same mechanism as its MuJoCo model, which MuJoCo itself says: it reads URDF. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { urdfLimits } from "../../../launch/bring-up/urdf-limits.ts";
import { shippedScene } from "../../../launch/cli/gazebo/shipped-scenes.ts";
import { robots } from "../../../robots/index.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { loadMujoco, type Mujoco, type MujocoModel } from "../../../runtime/kinematics/mujoco.ts";
import { linkNames, robotBodies } from "../../../sim/gazebo/export-robot.ts";
import { compileScene } from "../../../sim/gazebo/export-scene.ts";
import { robotUrdf, rollPitchYaw } from "../../../sim/gazebo/export-urdf.ts";
import { toXml } from "../../../sim/gazebo/xml.ts";
import { sceneXml } from "../../../sim/scene.ts";

const POSTURES = 20;
const APART_M_MAX = 1e-6;
/** MuJoCo would put links that are fixed to one another together. */
const KEEP_LINKS = '<mujoco><compiler fusestatic="false"/></mujoco>';

for (const name of Object.keys(robots) as (keyof typeof robots)[]) {
  test(`${name}: at random postures links and centres of mass are where MuJoCo has them, and weigh the same`, async () => {
    const { robot, scene } = await shippedScene(name, "harmonic");
    const compiled = await compileScene({ robot, scene });
    const bodies = robotBodies(compiled, robot);
    const text = toXml(robotUrdf(compiled, robot, "base_link"), "test");
    const mujoco = await loadMujoco();
    const described = mujoco.MjModel.from_xml_string(text.replace("<link name", `${KEEP_LINKS}<link name`));
    const simulated = mujoco.MjModel.from_xml_string(sceneXml(robot, scene));
    const rng = createRng(4);
    let furthestM = 0;
    for (let posture = 0; posture < POSTURES; posture++) {
      const at = new Map([...urdfLimits(text)].map(([joint, { lowerRad, upperRad }]) => [joint, rng.between(lowerRad, upperRad)]));
      const [theirs, ours] = [placesOf(mujoco, described, at), placesOf(mujoco, simulated, at)];
      for (const [body, link] of linkNames(bodies)) {
        const [wanted, found] = [ours.get(body.name), theirs.get(link)];
        assert.ok(wanted && found, `link "${link}"`);
        furthestM = Math.max(furthestM, ...wanted.map((value, axis) => Math.abs(value - found[axis]!)));
      }
    }
    const massKg = (described.body_mass as Float64Array).reduce((sum, each) => sum + each, 0);
    described.delete();
    simulated.delete();
    console.log(`${name}: ${POSTURES} postures, furthest link or centre of mass ${(furthestM * 1e6).toFixed(3)} um from MuJoCo's`);
    assert.ok(furthestM < APART_M_MAX, `${furthestM} m apart`);
    assert.ok(Math.abs(massKg - bodies.reduce((sum, body) => sum + body.massKg, 0)) < 1e-6, `${massKg} kg`);
  });
}

test("roll, pitch and yaw turn as the quaternion does, straight up and down too", () => {
  const rng = createRng(7);
  const right = Math.SQRT1_2;
  const random = Array.from({ length: 200 }, () => Array.from({ length: 4 }, () => rng.between(-1, 1)));
  const steep = [1, -1].flatMap((sign) =>
    [0, 0.4, -1.2].map((half) => [
      right * Math.cos(half),
      right * Math.sin(half),
      sign * right * Math.cos(half),
      -sign * right * Math.sin(half),
    ]),
  );
  for (const raw of [...random, ...steep]) {
    const length = Math.hypot(...raw);
    const quaternion = raw.map((value) => value / length);
    const [roll, pitch, yaw] = rollPitchYaw(quaternion);
    const back = times(times(about(2, yaw), about(1, pitch)), about(0, roll));
    const same = Math.abs(quaternion.reduce((sum, value, index) => sum + value * back[index]!, 0));
    assert.ok(Math.abs(same - 1) < 1e-12, `${quaternion}: ${same}`);
  }
});

const about = (axis: number, rad: number): number[] => [
  Math.cos(rad / 2),
  ...[0, 1, 2].map((each) => (each === axis ? Math.sin(rad / 2) : 0)),
];

function times([a, b, c, d]: number[], [e, f, g, h]: number[]): number[] {
  const [w, x, y, z, p, q, r, s] = [a!, b!, c!, d!, e!, f!, g!, h!];
  return [w * p - x * q - y * r - z * s, w * q + x * p + y * s - z * r, w * r - x * s + y * p + z * q, w * s + x * r - y * q + z * p];
}

/** Of every body by name: its origin and its centre of mass, metres, shape (6). */
function placesOf(mujoco: Mujoco, model: MujocoModel, joints: ReadonlyMap<string, number>): ReadonlyMap<string, readonly number[]> {
  const data = new mujoco.MjData(model);
  for (const [name, value] of joints) {
    const id = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, name);
    (data.qpos as Float64Array)[(model.jnt_qposadr as Int32Array)[id]!] = value;
  }
  mujoco.mj_kinematics(model, data);
  mujoco.mj_comPos(model, data);
  const places = Array.from({ length: model.nbody as number }, (_, id) => {
    const row = (values: Float64Array): number[] => [...values.subarray(3 * id, 3 * id + 3)];
    return [mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_BODY.value, id) ?? "", [...row(data.xpos), ...row(data.xipos)]] as const;
  });
  data.delete();
  return new Map(places);
}
