/** Picks the cube up and lets it fall, told as segments to any robot that moves an arm in the embedded simulator. */
import assert from "node:assert/strict";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GripperCommand } from "../../runtime/core/motion.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { JointState } from "../../runtime/core/sensing.ts";
import { parseWorldState, type Trial, type WorldState } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import type { RobotUnderTest } from "../contracts/robot.ts";

export interface GripUnderTest extends RobotUnderTest {
  readonly robot: Robot & { ask(name: string, payload?: unknown): Promise<unknown> };
}

export const OPEN: GripperCommand = { openingM: 0.08, speedMPerS: 0.1, forceN: 40 };
export const CLOSED: GripperCommand = { openingM: 0, speedMPerS: 0.1, forceN: 40 };
/** The cube of the default scene. */
export const CUBE_M = 0.05;
const AT: Vec3 = [0.5, 0.05, CUBE_M / 2];
const STEP_M = 0.02;
const ATTEMPTS_MAX = 10;
const BUSY: ReadonlySet<string> = new Set(["plan.late", "robot.stalled"]);

/** An arm that is told where its tool is to be and what its gripper is to do, one decision after the other. */
export async function createGripping({ robot, nowNs, leadS, pass }: GripUnderTest, firstId = 0) {
  const kinematics = await createKinematics(pandaSpec);
  let id = firstId;
  let felt: JointState | null = null;
  robot.observe(new AbortController().signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints") felt = sample.joints;
    },
    error: () => {},
  });
  const commandedM = (): Vec3 => kinematics.toolAt(robot.commandedAt(nowNs() + 400_000_000n).positionRad);
  const tell = async (positionM: Vec3, gripper?: GripperCommand): Promise<void> => {
    const seedRad = robot.commandedAt(nowNs() + 400_000_000n).positionRad;
    const to = kinematics.inverse({ seedRad, positionM, quaternion: "down" });
    assert.ok(to.converged);
    for (let attempt = 1; ; attempt++) {
      const startNs = nowNs() + BigInt(Math.round(leadS * 1e9));
      const from = robot.commandedAt(startNs);
      try {
        await robot.act(quinticSegment({ id: id++, startNs, from, toRad: to.positionRad, durationS: 0.4, gripper }));
        return await pass();
      } catch (error) {
        // A busy machine says nothing of the gripper.
        if (leadS === 0 || attempt === ATTEMPTS_MAX || !(error instanceof AgentError && BUSY.has(error.code))) throw error;
      }
    }
  };
  return {
    async wait(passes: number): Promise<void> {
      for (let each = 0; each < passes; each++) await pass();
    },
    tell,
    /** In steps of a decision each. */
    async moveTo(goalM: Vec3): Promise<void> {
      for (let step = 0; step < 60; step++) {
        const at = commandedM();
        const way = goalM.map((value, axis) => value - at[axis]!);
        const lengthM = Math.hypot(...way);
        if (lengthM < 1e-4) return;
        const share = Math.min(1, STEP_M / lengthM);
        await tell(at.map((value, axis) => value + share * way[axis]!) as unknown as Vec3);
      }
      assert.fail(`tool did not come to ${goalM.join(", ")}`);
    },
    grip: (gripper: GripperCommand): Promise<void> => tell(commandedM(), gripper),
    openingM: (): number => felt?.gripper?.openingM ?? Number.NaN,
    effortN: (): number => felt?.gripper?.effortN ?? Number.NaN,
    truth: async (): Promise<WorldState> => parseWorldState(await robot.ask("truth")),
    /** Stands open above the cube. */
    async reset(): Promise<void> {
      await robot.ask(
        "reset",
        trial((positionM) => kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down" }).positionRad),
      );
    },
    cubeM: AT,
    [Symbol.dispose]: () => kinematics[Symbol.dispose](),
  };
}

function trial(armAt: (positionM: Vec3) => Float64Array): Trial {
  const objects = { cube: { positionM: AT, yawRad: 0 } };
  const above: Vec3 = [AT[0], AT[1], 0.12];
  return {
    start: { armRad: armAt(above), objects, openingM: 0.08 },
    goal: { armRad: armAt(above), objects, openingM: 0.08, toolM: above },
  };
}

/** Closes on the cube, lifts it, holds it through a stop, and lets it fall; each step judged by what is measured and by the world's truth. */
export async function picksUpAndDrops(under: GripUnderTest): Promise<void> {
  using arm = await createGripping(under);
  await arm.reset();
  const heightM = async (): Promise<number> => (await arm.truth()).objects["cube"]!.positionM[2];
  await arm.moveTo([arm.cubeM[0], arm.cubeM[1], 0.03]);
  await arm.grip(CLOSED);
  await arm.wait(4);
  const between = `fingers ${arm.openingM()} m apart around a cube of ${CUBE_M} m`;
  assert.ok(Math.abs(arm.openingM() - CUBE_M) < 0.004, between);
  assert.ok(arm.effortN() > 5 && arm.effortN() <= 40.001, `pressed with ${arm.effortN()} N`);
  await arm.moveTo([arm.cubeM[0], arm.cubeM[1], 0.16]);
  assert.ok((await heightM()) > 0.13, `cube at ${await heightM()} m`);
  assert.ok(Math.abs(arm.openingM() - CUBE_M) < 0.004, between);

  await under.robot.stop("hold it");
  await arm.wait(5);
  await under.robot.resume();
  assert.ok((await heightM()) > 0.13, `a stop dropped the cube to ${await heightM()} m`);

  await arm.grip(OPEN);
  await arm.wait(5);
  assert.ok(arm.openingM() > 0.078, `open is ${arm.openingM()} m`);
  assert.ok((await heightM()) < 0.03, `cube at ${await heightM()} m`);
}
