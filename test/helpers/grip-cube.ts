/** Picks the cube up and lets it fall, told as segments to any robot that moves an arm in the embedded simulator. */
import assert from "node:assert/strict";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GripperCommand } from "../../runtime/core/motion.ts";
import type { Robot, RobotSpec } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { JointState } from "../../runtime/core/sensing.ts";
import { parseWorldState, type Trial, type WorldState } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import type { RobotUnderTest } from "../contracts/robot.ts";

export interface GripUnderTest extends RobotUnderTest {
  readonly robot: Robot & { ask(name: string, payload?: unknown): Promise<unknown> };
}

/** An arm with a gripper, and the cube of its scene. */
export interface GripCase {
  readonly spec: RobotSpec;
  readonly cubeEdgeM: number;
  /** The cube's middle, on the table. */
  readonly atM: Vec3;
  /** Where the tool is when the fingers close, from there. */
  readonly toolFromM: Vec3;
  /** How far it is lifted. */
  readonly liftM: number;
  /** How far the told opening may be from the cube: a jaw that turns opens not quite evenly. */
  readonly offM: number;
  readonly open: GripperCommand;
  readonly closed: GripperCommand;
}

export const OPEN: GripperCommand = { openingM: 0.08, speedMPerS: 0.1, forceN: 40 };
export const CLOSED: GripperCommand = { openingM: 0, speedMPerS: 0.1, forceN: 40 };
/** The cube of the default scene. */
export const CUBE_M = 0.05;
const PANDA: GripCase = {
  spec: pandaSpec,
  cubeEdgeM: CUBE_M,
  atM: [0.5, 0.05, CUBE_M / 2],
  toolFromM: [0, 0, 0.005],
  liftM: 0.135,
  offM: 0.004,
  open: OPEN,
  closed: CLOSED,
};
const STEP_M = 0.02;
/** Of the robot's time, at least. */
const PASS_S = 0.2;
const ATTEMPTS_MAX = 10;
const BUSY: ReadonlySet<string> = new Set(["plan.late", "robot.stalled"]);

/** An arm that is told where its tool is to be and what its gripper is to do, one decision after the other. */
export async function createGripping({ robot, nowNs, leadS, pass }: GripUnderTest, firstId = 0, what: GripCase = PANDA) {
  const kinematics = await createKinematics(what.spec);
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
        trial(what, (positionM) => kinematics.inverse({ seedRad: what.spec.homeRad, positionM, quaternion: "down" }).positionRad),
      );
    },
    cubeM: what.atM,
    [Symbol.dispose]: () => kinematics[Symbol.dispose](),
  };
}

function trial({ atM, cubeEdgeM, toolFromM, open: { openingM } }: GripCase, armAt: (positionM: Vec3) => Float64Array): Trial {
  const objects = { cube: { positionM: atM, yawRad: 0 } };
  const above: Vec3 = [atM[0] + toolFromM[0], atM[1] + toolFromM[1], cubeEdgeM + 0.07];
  return {
    start: { armRad: armAt(above), objects, openingM },
    goal: { armRad: armAt(above), objects, openingM, toolM: above },
  };
}

/** Closes on the cube, lifts it, holds it through a stop, and lets it fall; each step judged by what is measured and by the world's truth. */
export async function picksUpAndDrops(under: GripUnderTest, what: GripCase = PANDA): Promise<void> {
  using arm = await createGripping(under, 0, what);
  const { cubeEdgeM, toolFromM, liftM, offM, open, closed } = what;
  const [x, y] = arm.cubeM.map((value, axis) => value + toolFromM[axis]!) as [number, number];
  const z = arm.cubeM[2];
  await arm.reset();
  const heightM = async (): Promise<number> => (await arm.truth()).objects["cube"]!.positionM[2];
  await arm.moveTo([x, y, z + toolFromM[2]]);
  await arm.grip(closed);
  const passes = Math.ceil((open.openingM - closed.openingM) / closed.speedMPerS / PASS_S) + 2;
  await arm.wait(passes);
  const between = (): string => `fingers ${arm.openingM()} m apart around a cube of ${cubeEdgeM} m`;
  assert.ok(Math.abs(arm.openingM() - cubeEdgeM) < offM, between());
  assert.ok(arm.effortN() > closed.forceN / 8 && arm.effortN() <= closed.forceN * 1.001, `pressed with ${arm.effortN()} N`);
  await arm.moveTo([x, y, z + liftM]);
  assert.ok((await heightM()) > z + liftM - 0.03, `cube at ${await heightM()} m`);
  assert.ok(Math.abs(arm.openingM() - cubeEdgeM) < offM, between());

  await under.robot.stop("hold it");
  await arm.wait(5);
  await under.robot.resume();
  assert.ok((await heightM()) > z + liftM - 0.03, `a stop dropped the cube to ${await heightM()} m`);

  await arm.grip(open);
  await arm.wait(passes);
  assert.ok(arm.openingM() > open.openingM - 0.002, `open is ${arm.openingM()} m`);
  assert.ok((await heightM()) < z + 0.005, `cube at ${await heightM()} m`);
}
