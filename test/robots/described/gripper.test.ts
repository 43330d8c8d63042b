/** Grippers of arms from their own files: found, written down, and real in the simulator: they close on a cube, lift it, hold it and let it fall. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { rotated } from "../../../robots/described/frames.ts";
import { proposeDescription } from "../../../robots/described/propose/description.ts";
import { describedRobot } from "../../../robots/described/robot.ts";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { defaultObject, defaultScene } from "../../../runtime/core/scene.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { SimDriver } from "../../../sim/sim-driver.ts";
import { picksUpAndDrops } from "../../helpers/grip-cube.ts";
import { described, folderOfTest, mjcf, urdf } from "./invented.ts";

const folder = folderOfTest();
const cache = join(folder.path, "cache");
/** From the SO-101's tool point to the middle of what its jaws hold. */
const BESIDE_M = 0.0065;
/** Pressed harder, MuJoCo's contacts let fingers into so light a cube. */
const FORCE_N = 5;
const INERTIAL =
  '<inertial><mass value="0.03"/><inertia ixx="1e-5" iyy="1e-5" izz="1e-5" ixy="0" ixz="0" iyz="0"/></inertial><visual><geometry><mesh filename="finger.stl"/></geometry></visual>';
const TIP =
  '<link name="tcp"/><joint name="tip" type="fixed"><parent link="flange"/><child link="tcp"/><origin xyz="0.1 0 0" rpy="0 1.5707963 0"/></joint>';
const joint = (name: string, type: string, xyz: string, axis: string, limit: string, more = ""): string =>
  `<link name="${name}_link">${INERTIAL}</link><joint name="${name}" type="${type}"><parent link="flange"/><child link="${name}_link"/><origin xyz="${xyz}"/><axis xyz="${axis}"/><limit ${limit} ${type === "revolute" ? 'effort="1" velocity="2"' : 'effort="20" velocity="0.1"'}/>${more}</joint>`;
const withGripper = (name: string, fingers: string): string => folder.write(name, urdf.replace("</robot>", `${TIP}${fingers}</robot>`));

const SLIDE = 'lower="0" upper="0.04"';
const pair = withGripper(
  "pair.urdf",
  joint("left", "prismatic", "0.06 0 0", "0 1 0", SLIDE) + joint("right", "prismatic", "0.06 0 0", "0 -1 0", SLIDE),
);
const mimic = withGripper(
  "mimic.urdf",
  joint("left", "prismatic", "0.06 0.04 0", "0 -1 0", SLIDE) +
    joint("right", "prismatic", "0.06 -0.04 0", "0 -1 0", 'lower="-0.04" upper="0"', '<mimic joint="left" multiplier="-1"/>'),
);
/** Closed where the knuckles are turned in, as the Robotiq's are. */
const hinges = withGripper(
  "hinges.urdf",
  joint("left_knuckle", "revolute", "0.03 0.03 0", "0 0 1", 'lower="0" upper="0.6"').replace(
    "<inertial>",
    '<inertial><origin xyz="0.05 0 0"/>',
  ) +
    joint(
      "right_knuckle",
      "revolute",
      "0.03 -0.03 0",
      "0 0 1",
      'lower="-0.6" upper="0"',
      '<mimic joint="left_knuckle" multiplier="-1"/>',
    ).replace("<inertial>", '<inertial><origin xyz="0.05 0 0"/>'),
);
const jaw = withGripper(
  "jaw.urdf",
  joint("jaw", "revolute", "0.02 0.01 0", "0 0 1", 'lower="-0.2" upper="1.2"').replace("<inertial>", '<inertial><origin xyz="0.05 0 0"/>'),
);

const lockstep = async (spec: RobotSpec, edgeM: number) => {
  const clock = new ManualClock();
  const cube = { ...defaultObject, shape: { kind: "box" as const, sizeM: [edgeM, edgeM, edgeM] as const }, massKg: 0.03 };
  const driver = await SimDriver.create({ robot: spec, scene: { ...defaultScene, objects: { cube } }, cameras: [], supersample: 1 });
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
  return {
    robot,
    nowNs: () => clock.nowNs(),
    leadS: 0,
    pass: () => robot.pass(),
    [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose](),
  };
};

async function grips(spec: RobotSpec, cubeEdgeM: number, place: readonly [number, number], toolFromM: Vec3 = [0, 0, 0.005]): Promise<void> {
  const { gripper } = spec;
  assert.ok(gripper);
  await using under = await lockstep(spec, cubeEdgeM);
  const { openingMaxM, openingMinM, speedMaxMPerS, forceMaxN } = gripper;
  const [speedMPerS, forceN] = [Math.min(0.1, speedMaxMPerS), Math.min(FORCE_N, forceMaxN)];
  await picksUpAndDrops(under, {
    ...{ spec, cubeEdgeM, toolFromM, atM: [...place, cubeEdgeM / 2] },
    liftM: spec === so101Spec ? 0.06 : 0.135, // Higher up five joints tilt the hand.
    offM: gripper.fingers[0]!.kind === "hinge" ? 0.01 : 0.004,
    open: { openingM: openingMaxM, speedMPerS, forceN },
    closed: { openingM: openingMinM, speedMPerS, forceN },
  });
}

const found = [
  [pair, "two fingers that slide, each by itself", ["left", "right"], 0.08],
  [mimic, "two that slide, one follows (mimic); closed at the far end of its range", ["left", "right"], 0.08],
  [hinges, "two that turn, one follows (mimic)", ["left_knuckle", "right_knuckle"], null],
  [jaw, "one jaw that turns against the hand", ["jaw"], null],
] as const;

for (const [file, what, names, openingMaxM] of found) {
  test(`${what}: found with their ends, and they close on a cube, lift it, hold it and let it fall`, async () => {
    const { description, standing } = await proposeDescription(file);
    const { gripper } = description;
    assert.ok(gripper && standing.length === 0);
    assert.deepEqual(
      gripper.fingers.map(({ joint: name }) => name),
      names,
    );
    if (openingMaxM !== null) assert.ok(Math.abs(gripper.openingMaxM - openingMaxM) < 1e-6, `${gripper.openingMaxM} m`);
    assert.deepEqual(gripper.speedMaxMPerS <= 0.5 && gripper.forceMaxN <= 100, true);
    // The one jaw's counterpart is the hand: the cube lies beside the tool point.
    await grips(await describedRobot(description, cache), 0.03, [0.4, 0.05], [0, file === jaw ? -0.018 : 0, 0.005]);
  });
}

test("an MJCF's fingers are found as well, coupled by its equality, with shapes of their own", async () => {
  const one = (name: string, side: number): string =>
    `<body name="${name}" pos="0.06 0 0"><joint name="${name}" type="slide" axis="0 ${side} 0" range="0 0.04"/><geom type="box" size="0.03 0.004 0.01" pos="0.02 ${0.004 * side} 0" mass="0.02"/></body>`;
  const site = '<site name="grasp" pos="0.1 0 0" euler="0 1.5707963 0"/>';
  const equality = '<equality><joint joint1="b" joint2="a" polycoef="0 1 0 0 0"/></equality>';
  const { description } = await proposeDescription(folder.write("hand.xml", mjcf(site + one("a", 1) + one("b", -1), equality)));
  assert.deepEqual(description.gripper?.fingers, [
    { kind: "slide", joint: "a", closedM: 0, openM: 0.04 },
    { kind: "slide", joint: "b", closedM: 0, openM: 0.04 },
  ]);
  await grips(await describedRobot(description, cache), 0.03, [0.4, 0.05]);
});

test("what no gripper is, is told: a hand of many fingers, a joint without ends", async () => {
  const many = [1, 2, 3].map((index) => joint(`digit_${index}`, "revolute", `0.05 0.0${index} 0`, "0 0 1", 'lower="0" upper="1"')).join("");
  const hand = await proposeDescription(withGripper("hand.urdf", many));
  assert.equal(hand.description.gripper, undefined);
  assert.match(hand.reasons["gripper"]!, /^3 joints behind the arm move by themselves/);
  assert.deepEqual(hand.standing, ["digit_1", "digit_2", "digit_3"]);
});

test("a gripper that does not fit its file is refused with joint, value, bound and remedy", async () => {
  const { description } = await proposeDescription(pair);
  const refused = (fingers: NonNullable<typeof description.gripper>["fingers"], message: RegExp): Promise<void> =>
    assert.rejects(describedRobot({ ...description, gripper: { ...description.gripper!, fingers } }, cache), message);
  await refused([{ kind: "slide", joint: "thumb", closedM: 0, openM: 0.04 }], /robot\.gripper\.fingers\.0 "thumb": is not in the file/);
  await refused([{ kind: "hinge", joint: "left", closedRad: 0, openRad: 0.04 }], /"left": is a slide joint, not a hinge; correct its kind/);
  await refused([{ kind: "slide", joint: "left", closedM: 0, openM: 0.06 }], /"left": 0\.06 m is outside the file's \[0, 0\.04\] m/);
  await refused([{ kind: "hinge", joint: "spin", closedRad: 0, openRad: 1 }], /"spin": is listed among the arm's joints too/);
  assert.equal((await describedRobot(described(pair), cache)).gripper, undefined);
});

test("the SO-101's jaw closes on a cube, lifts it, holds it and lets it fall", async () => {
  using kinematics = await createKinematics(so101Spec);
  const [cubeEdgeM, place] = [0.025, [0.21, 0.02] as const];
  const at = kinematics.inverse({ seedRad: so101Spec.homeRad, positionM: [...place, 0.03], quaternion: "down" });
  const towardsJaw = rotated(kinematics.toolPose(at.positionRad).quaternion, [1, 0, 0]);
  const [x = 0, y = 0] = towardsJaw.map((value) => -BESIDE_M * value); // The fixed jaw is 8 mm beside the tool point.
  await grips(so101Spec, cubeEdgeM, place, [x, y, 0.005]);
});
