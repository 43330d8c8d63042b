/** One arm's model in MuJoCo for the tests of a file: loaded once, fresh before each test. */
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach } from "node:test";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { createKinematics, type Kinematics } from "../../runtime/kinematics/kinematics.ts";
import { loadMujoco, type Mujoco, type MujocoData, type MujocoModel } from "../../runtime/kinematics/mujoco.ts";

export interface ArmBench {
  readonly mujoco: Mujoco;
  readonly kinematics: Kinematics;
  readonly model: MujocoModel;
  readonly data: MujocoData;
  /** Puts the arm's joints there, at rest, and its servos too. */
  place(positionRad: ArrayLike<number>): void;
}

/** Registers the hooks; the fields are there while a test runs. */
export function armBench(spec: RobotSpec): ArmBench {
  const bench = {
    place(positionRad: ArrayLike<number>): void {
      bench.mujoco.mj_resetData(bench.model, bench.data);
      for (let joint = 0; joint < spec.joints.length; joint++) bench.data.qpos[joint] = bench.data.ctrl[joint] = positionRad[joint]!;
    },
  } as { -readonly [Key in keyof ArmBench]: ArmBench[Key] };
  before(async () => {
    bench.mujoco = await loadMujoco();
    bench.kinematics = await createKinematics(spec);
  });
  after(() => bench.kinematics[Symbol.dispose]());
  beforeEach(() => {
    bench.model = bench.mujoco.MjModel.from_xml_string(readFileSync(spec.modelPath, "utf8"));
    bench.data = new bench.mujoco.MjData(bench.model);
  });
  afterEach(() => {
    bench.data.delete();
    bench.model.delete();
  });
  return bench;
}
