/** Joints that do not move the tool, that follow others or are held, bases and sites: refused by name, or where the file has them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { RobotDescription } from "../../../robots/described/description.ts";
import { describedRobot } from "../../../robots/described/robot.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { described, folderOfTest, mjcf, urdf } from "./invented.ts";

const folder = folderOfTest();
const make = (file: string, changes: Partial<RobotDescription> = {}) =>
  describedRobot(described(file, changes), join(folder.path, "cache"));
const refused = (work: Promise<unknown>, message: RegExp): Promise<void> =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof AgentError && error.code === "launch.invalid", String(error));
    assert.match(error.message, message);
    return true;
  });
const six = folder.write("six.urdf", urdf);
const plain = described(six);

async function toolAt(file: string, positionRad: readonly number[], changes: Partial<RobotDescription> = {}): Promise<Vec3> {
  using kinematics = await createKinematics(await make(file, changes));
  return kinematics.toolAt(positionRad);
}

function assertNear(found: Vec3, expected: readonly number[]): void {
  for (const axis of [0, 1, 2]) assert.ok(Math.abs(found[axis]! - expected[axis]!) < 1e-4, `${found} is not ${expected}`);
}

test("a joint that does not move the tool is refused by name: a jaw behind it, a head beside it", async () => {
  const more = (parent: string): string =>
    urdf.replace(
      "</robot>",
      `<link name="more"><inertial><mass value="0.1"/><inertia ixx="0.001" iyy="0.001" izz="0.001" ixy="0" ixz="0" iyz="0"/></inertial></link>
       <joint name="extra" type="revolute"><parent link="${parent}"/><child link="more"/><axis xyz="0 0 1"/><limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>`,
    );
  const extra = { ...plain.joints[0]!, name: "extra", positionMinRad: -1, positionMaxRad: 1, torqueMaxNm: 1, velocityMaxRadPerS: 1 };
  const jaw = [...plain.joints, extra];
  await refused(
    make(folder.write("jaw.urdf", more("flange")), { joints: jaw }),
    /joints\.6 "extra": does not move the tool, it is not between the base and tool\.link "flange"; leave it out/,
  );
  await refused(make(folder.write("head.urdf", more("base")), { joints: jaw }), /"extra": does not move the tool/);
  await make(folder.write("jaw.urdf", more("flange")));
});

test("a joint on the way to the tool that follows another is refused by name, declared or not; off the way it is nobody's business", async () => {
  const led = urdf.replace(
    '<axis xyz="0 1 0"/><limit lower="-2"',
    '<mimic joint="lift" multiplier="-1"/><axis xyz="0 1 0"/><limit lower="-2"',
  );
  assert.notEqual(led, urdf);
  const file = folder.write("mimic.urdf", led);
  const message = /robot\.joints: "pitch" follows "lift" \(mimic\) and moves the tool/;
  await refused(make(file), message);
  await refused(make(file, { joints: plain.joints.filter(({ name }) => name !== "pitch") }), message);
  const equality = '<equality><joint joint1="pitch" joint2="lift"/></equality>';
  await refused(make(folder.write("coupled.xml", mjcf("", equality))), /"pitch" follows "lift" \(equality\)/);
  const tendon = '<tendon><fixed name="t"><joint joint="lift" coef="1"/><joint joint="pitch" coef="2"/></fixed></tendon>';
  const held = folder.write("tendon.xml", mjcf("", `${tendon}<equality><tendon tendon1="t"/></equality>`));
  await refused(make(held), /"pitch" follows "lift" \(equality\)/);
  await make(folder.write("slack.xml", mjcf("", tendon)));
  await make(folder.write("uncoupled.xml", mjcf("", equality.replace("/><", ' active="false"/><'))));
  const finger =
    '<body name="f"><joint name="finger" type="slide" range="0 0.04"/><geom size="0.01"/></body><body name="g"><joint name="other" type="slide" range="0 0.04"/><geom size="0.01"/></body>';
  await make(folder.write("fingers.xml", mjcf(finger, '<equality><joint joint1="other" joint2="finger"/></equality>')));
});

test("a loop that holds two links of the arm together is refused by name", async () => {
  const loop = '<equality><connect body1="hand" body2="upper" anchor="0 0 0"/></equality>';
  await refused(
    make(folder.write("loop.xml", mjcf("", loop))),
    /joints: "bend", "roll", "pitch" cannot move freely, an equality \(.*loop\.xml:3\) holds "hand" and "upper" together/,
  );
});

test("where an encoder's zero is not the drawn posture (ref), the tool is where MuJoCo has it", async () => {
  const [at, plainFile] = [[0, -0.6, 1.4, 0, 0.7708, 0], folder.write("plain.xml", mjcf())];
  const expected = await toolAt(plainFile, at);
  const shifted = mjcf().replace('name="bend" axis="0 1 0" range="-0.2 2.6"', 'name="bend" axis="0 1 0" ref="0.5" range="0.3 3.1"');
  const joints = plain.joints.map((joint) =>
    joint.name === "bend" ? { ...joint, positionMinRad: 0.3, positionMaxRad: 3.1, homeRad: 1.9 } : joint,
  );
  assertNear(await toolAt(folder.write("ref.xml", shifted), [0, -0.6, 1.9, 0, 0.7708, 0], { joints }), expected);
});

test("a joint that is not declared stands at its zero where it has one, else at the bound nearest to it, whatever its file draws", async () => {
  const at = [0, -0.6, 1.4, 0, 0.7708];
  const joints = plain.joints.slice(0, 5);
  const expected = await toolAt(six, [...at, 0]);
  const drawn = mjcf().replace('name="spin" axis="1 0 0" range="-2.9 2.9"', 'name="spin" axis="1 0 0" ref="1" range="-2.9 2.9"');
  const tool = { link: "flange", offsetM: [0, 0.05, 0] as [number, number, number], turnRad: plain.tool.turnRad };
  const [moved, straight] = [
    await toolAt(folder.write("drawn.xml", drawn), at, { joints, tool }),
    await toolAt(folder.write("straight.xml", mjcf()), at, { joints, tool }),
  ];
  assert.ok(Math.hypot(...moved.map((value, axis) => value - straight[axis]!)) > 0.01, "the drawing is at 1 rad, so zero is elsewhere");
  const rail = urdf.replace(
    '<joint name="turn"',
    '<joint name="rail" type="prismatic"><parent link="plate"/><child link="base"/><axis xyz="1 0 0"/><limit lower="0.1" upper="0.5" effort="1" velocity="1"/></joint><link name="plate"/><joint name="turn"',
  );
  assertNear(await toolAt(folder.write("rail.urdf", rail), [...at, 0]), [expected[0] + 0.1, expected[1], expected[2]]);
});

test("the base frame is at the link that is named, upright, and its x axis where the launch file says that the front is", async () => {
  const at = [0.3, -0.6, 1.4, 0, 0.7708, 0];
  const plainTool = await toolAt(six, at);
  const stand =
    '<link name="floor"/><joint name="stand" type="fixed"><parent link="floor"/><child link="base"/><origin xyz="1 2 0.7" rpy="0 0 1.5707963267948966"/></joint></robot>';
  const file = folder.write("stand.urdf", urdf.replace("</robot>", stand));
  assertNear(await toolAt(file, at, { base: { link: "base", yawRad: Math.PI / 2 } }), plainTool);
  const [x, y, z] = plainTool;
  await refused(make(file, { base: { link: "base", yawRad: -1 } }), /the tool's x axis is turned by/);
  assertNear(await toolAt(six, at, { base: { yawRad: -Math.PI / 4 }, tool: { ...plain.tool, turnRad: plain.tool.turnRad } }), [
    (x - y) * Math.SQRT1_2,
    (x + y) * Math.SQRT1_2,
    z,
  ]);
  await refused(make(file, { base: { link: "bench", yawRad: 0 } }), /base\.link "bench": is not in the file; its links are floor, base/);
  await refused(
    make(file, { base: { link: "fore", yawRad: 0 } }),
    /base\.link "fore": is moved by "turn"; choose a link that stands still/,
  );
});

test("the tool may be a site, and a site that is not there is refused with those that are", async () => {
  const at = [0.3, -0.6, 1.4, 0, 0.7708, 0];
  const file = folder.write("site.xml", mjcf('<site name="tcp" pos="0.05 0 0" euler="0 0 3.141592653589793"/>'));
  const tool = { site: "tcp", offsetM: [0, 0, 0] as [number, number, number], turnRad: [0, 0, 0] as [number, number, number] };
  const turned = { ...tool, turnRad: [0, -Math.PI / 2, 0] as [number, number, number] };
  assertNear(await toolAt(file, at, { tool: turned }), await toolAt(six, at));
  await refused(make(file, { tool: { ...tool, site: "tip" } }), /tool\.site "tip": is not in the file; its sites are tcp/);
});
