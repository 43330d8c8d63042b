/** Joints that turn for ever, from the file to the world: no limit, whole turns count for nothing, and where the file bounds a joint it has bounds. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { urdfLimits } from "../../../launch/bring-up/urdf-limits.ts";
import type { RobotDescription } from "../../../robots/described/description.ts";
import { proposeDescription } from "../../../robots/described/propose/description.ts";
import { describedRobot } from "../../../robots/described/robot.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { shorterWayRad, TURN_RAD } from "../../../runtime/core/joint-angle.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { compileScene } from "../../../sim/gazebo/export-scene.ts";
import { robotUrdf } from "../../../sim/gazebo/export-urdf.ts";
import { toXml } from "../../../sim/gazebo/xml.ts";
import { SimDriver } from "../../../sim/sim-driver.ts";
import { robotContract } from "../../contracts/robot.ts";
import { described, folderOfTest, urdf } from "./invented.ts";

const folder = folderOfTest();
const ENDLESS = ["turn", "spin"];
const file = folder.write(
  "endless.urdf",
  urdf.replaceAll(/(name="(?:turn|spin)" type=")revolute(.*?)lower="-2.9" upper="2.9" /g, "$1continuous$2"),
);
const plain = described(file);
const withoutEnd = (joint: RobotDescription["joints"][number]): RobotDescription["joints"][number] => {
  if (!ENDLESS.includes(joint.name) || joint.type === "continuous") return joint;
  const { positionMinRad: _, positionMaxRad: __, type: ___, ...rest } = joint;
  return { ...rest, type: "continuous" };
};
const endless = { ...plain, joints: plain.joints.map(withoutEnd) };
const make = (description: RobotDescription) => describedRobot(description, join(folder.path, "cache"));
const spec = await make(endless);

const openRobot = async () => {
  const clock = new ManualClock(1_000_000_000n);
  const driver = await SimDriver.create({ robot: spec, scene: defaultScene, cameras: [], supersample: 1 });
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
  return { robot, clock };
};

robotContract("an arm with two continuous joints in the lockstep simulator", async () => {
  const { robot, clock } = await openRobot();
  return { robot, nowNs: () => clock.nowNs(), leadS: 0, pass: () => robot.pass() };
});

test("describe finds them, gives them no limits and a rest posture within a turn", async () => {
  const { description } = await proposeDescription(file);
  assert.deepEqual(
    description.joints.filter(({ type }) => type === "continuous").map(({ name }) => name),
    ENDLESS,
  );
  for (const joint of description.joints) {
    assert.equal("positionMinRad" in joint, joint.type !== "continuous", joint.name);
    assert.ok(Math.abs(joint.homeRad) <= Math.PI, joint.name);
  }
});

test("what a continuous joint's <limit> says of positions is not meant, as in published files", async () => {
  const text = urdf.replaceAll(/(name="(?:turn|spin)" type=")revolute/g, "$1continuous");
  const { description } = await proposeDescription(folder.write("limited.urdf", text));
  assert.deepEqual(
    (await make(description)).joints.filter(({ positionMaxRad }) => positionMaxRad === Number.POSITIVE_INFINITY).map(({ name }) => name),
    ENDLESS,
  );
});

test("the arm turns on past half a turn, a whole one and further, and is where it was commanded to be", async () => {
  const { robot, clock } = await openRobot();
  await using _ = robot;
  let measuredRad = spec.homeRad;
  const observing = new AbortController();
  robot.observe(observing.signal).subscribe((sample) => {
    if (sample.kind === "joints") measuredRad = [...sample.joints.positionRad];
  });
  for (let step = 1; step <= 40; step++) {
    const from = robot.commandedAt(clock.nowNs());
    const toRad = Float64Array.from(from.positionRad);
    toRad[0]! += 0.2;
    await robot.act(quinticSegment({ id: step, startNs: clock.nowNs(), from, toRad, durationS: 0.4 }));
    await robot.pass();
  }
  const { positionRad } = robot.commandedAt(clock.nowNs());
  assert.ok(positionRad[0]! > TURN_RAD, `${positionRad[0]} rad`);
  assert.ok(Math.abs(measuredRad[0]! - positionRad[0]!) < 0.02, `${measuredRad[0]}, commanded ${positionRad[0]} rad`);
  observing.abort();
});

test("inverse kinematics answers near a seed that has turned many times, and draws a joint home the shorter way round", async () => {
  using kinematics = await createKinematics(spec);
  const positionM = [0.4, 0.1, 0.1] as const;
  const near = kinematics.inverse({ seedRad: spec.homeRad, positionM, quaternion: "down" });
  for (const turns of [-30, -1, 1, 30]) {
    const seedRad = spec.homeRad.map((rad, index) => (spec.joints[index]!.type === "continuous" ? rad + turns * TURN_RAD : rad));
    const far = kinematics.inverse({ seedRad, positionM, quaternion: "down" });
    assert.ok(far.converged);
    for (const [index, rad] of far.positionRad.entries()) {
      assert.ok(Math.abs(rad - seedRad[index]!) < 1, `joint ${index} went from ${seedRad[index]} to ${rad} rad`);
      assert.ok(
        Math.abs(shorterWayRad(rad - near.positionRad[index]!)) < 1e-3,
        `joint ${index}: ${rad}, not ${near.positionRad[index]} rad`,
      );
    }
  }
});

test("a joint that the file bounds is not continuous, and one that is may be given limits all the same", async () => {
  const joints = endless.joints.map((joint) => {
    if (joint.type === "continuous" || joint.name !== "lift") return joint;
    const { positionMinRad: _, positionMaxRad: __, type: ___, ...rest } = joint;
    return { ...rest, type: "continuous" as const };
  });
  await assert.rejects(
    make({ ...endless, joints }),
    /joints\.1 "lift": does not turn for ever, the file has it in \[-1\.6, 1\.6\] rad; leave type out, and write positionMinRad and positionMaxRad/,
  );
  assert.equal((await make(plain)).joints[0]!.positionMaxRad, 2.9);
});

test("written as a URDF for ROS and Gazebo, they are continuous again", async () => {
  const text = toXml(robotUrdf(await compileScene({ robot: spec, scene: defaultScene }), spec, "base_link"), "test");
  const limits = urdfLimits(text);
  for (const { name, type, velocityMaxRadPerS } of spec.joints) {
    assert.equal(new RegExp(`<joint name="${name}" type="${type ?? "revolute"}"`).test(text), true, name);
    assert.equal(limits.get(name)?.upperRad === Number.POSITIVE_INFINITY, type === "continuous", name);
    assert.equal(limits.get(name)?.velocityRadPerS, velocityMaxRadPerS);
  }
});
