/** Arms from their own URDF or MJCF: the generated model keeps the contracts, says what the file says, and what does not fit is told in full. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type RobotDescription, robotDescriptionSchema } from "../../../robots/described/description.ts";
import { describedRobot } from "../../../robots/described/robot.ts";
import { readSource } from "../../../robots/described/source/read-source.ts";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { ur5eSpec } from "../../../robots/ur5e/spec.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco, type MujocoModel } from "../../../runtime/kinematics/mujoco.ts";
import { rotationBetween } from "../../../runtime/kinematics/quaternion.ts";
import { SimDriver } from "../../../sim/sim-driver.ts";
import { armModelContract } from "../../contracts/arm-model.ts";
import { robotContract } from "../../contracts/robot.ts";
import { benchArm, ur5eNumbers } from "./descriptions.ts";

const cache = mkdtempSync(join(tmpdir(), "described-"));
after(() => rmSync(cache, { recursive: true }));
const make = (description: RobotDescription): Promise<RobotSpec> => describedRobot(description, cache);
const bench = await make(benchArm);
const numbers = await make(ur5eNumbers);

armModelContract({
  spec: bench,
  homeM: [0.39263, 0, 0.30665],
  workArea: { minM: [0.3, -0.2, 0.03], maxM: [0.48, 0.2, 0.3] },
  touching: 8,
  sagRadMax: 1e-3,
});

armModelContract({
  spec: numbers,
  homeM: [0.5, 0, 0.25],
  workArea: { minM: [0.34, -0.24, 0.02], maxM: [0.66, 0.24, 0.35] },
  touching: 1,
  sagRadMax: 1e-4,
});

for (const spec of [bench, numbers]) {
  robotContract(`${spec.name} in the lockstep simulator`, async () => {
    const clock = new ManualClock(1_000_000_000n);
    const driver = await SimDriver.create({ robot: spec, scene: defaultScene, cameras: [], supersample: 1 });
    const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
    return { robot, nowNs: () => clock.nowNs(), leadS: 0, pass: () => robot.pass() };
  });
}

test("the tool pose of the UR5e's numbers as a URDF is that of robots/ur5e, whose model was written by hand", async () => {
  await sameTool(numbers, ur5eSpec);
});

test("an MJCF is read as well: the SO-101's own, its jaw standing still at zero", async () => {
  const description = robotDescriptionSchema.parse({
    name: "so101-again",
    file: so101Spec.modelPath,
    joints: so101Spec.joints.map((joint, index) => ({ ...joint, homeRad: so101Spec.homeRad[index] })),
    tool: { link: "gripper", offsetM: [0, 0, -0.0981274], turnRad: [Math.PI, 0, 0] },
  });
  const spec = await make(description);
  await sameTool(spec, so101Spec);
  await withModel(spec, async (model) => {
    assert.equal(model.nv, 5);
    assert.ok(Math.abs(model.body_subtreemass[0] - 0.632006) < 1e-9, `${model.body_subtreemass[0]} kg`);
  });
});

test("the model weighs what links and payload are declared to weigh, and a heavier payload moves its centre of mass", async () => {
  const heavy = await make({ ...benchArm, payload: { massKg: 5, centreM: [0, 0, 0.2] } });
  const bare = await make({ ...benchArm, payload: undefined });
  const massesKg: number[] = [];
  for (const spec of [bare, bench, heavy]) await withModel(spec, async (model) => void massesKg.push(model.body_subtreemass[0]));
  const linksKg = 3 + 2.5 + 3 + 1.8 + 0.9 + 0.7 + 0.3 + 0.05;
  for (const [index, payloadKg] of [0, 0.4, 5].entries()) assert.ok(Math.abs(massesKg[index]! - linksKg - payloadKg) < 1e-9, `${massesKg}`);
});

test("the same description is the same file, another payload another one, and none is written half", async () => {
  assert.equal((await make(benchArm)).modelPath, bench.modelPath);
  assert.notEqual((await make({ ...benchArm, payload: undefined })).modelPath, bench.modelPath);
  assert.ok(readdirSync(cache).every((name) => name.endsWith(".xml")));
});

test("everything that does not fit is told at once, with joint, value, bound, unit and remedy", async () => {
  const [turn, lift, bend, roll, pitch, spin] = benchArm.joints as [Joint, Joint, Joint, Joint, Joint, Joint];
  const wrong = {
    ...benchArm,
    joints: [
      { ...turn, positionMaxRad: 3.5, velocityMaxRadPerS: 3 },
      { ...bend, torqueMaxNm: 90 },
      { ...lift, positionMinRad: -1.7, homeRad: 2.3 },
      { ...roll, positionMinRad: 1, positionMaxRad: -1, homeRad: 0 },
      { ...pitch, name: "tilt" },
      { ...spin, name: "finger" },
    ],
    tool: { ...benchArm.tool, link: "tool0" },
  };
  await assert.rejects(make(wrong), (error) => {
    assert.ok(error instanceof AgentError && error.code === "launch.invalid");
    const [head, ...lines] = error.message.split("\n");
    assert.match(head!, /^robot "bench-arm" and .*bench-arm\.urdf have 11 problems:$/);
    assert.deepEqual(
      lines.map((line) => line.trim()),
      [
        'robot.joints.0 "turn": positionMaxRad 3.5 rad is above the file\'s 2.9 rad; write that or less',
        'robot.joints.0 "turn": velocityMaxRadPerS 3 rad/s is above the file\'s 2.5 rad/s; write that or less',
        'robot.joints.1 "bend": torqueMaxNm 90 N m is above the file\'s 60 N m; write that or less',
        'robot.joints.2 "lift": positionMinRad -1.7 rad is below the file\'s -1.6 rad; write that or more',
        'robot.joints.2 "lift": homeRad 2.3 rad is outside [-1.7, 2.2] rad; choose a rest posture inside',
        'robot.joints.3 "roll": positionMinRad 1 rad is not below positionMaxRad -1 rad; exchange or correct them',
        'robot.joints.3 "roll": homeRad 0 rad is outside [1, -1] rad; choose a rest posture inside',
        'robot.joints.4 "tilt": is not in the file; its joints are turn, lift, bend, roll, pitch, spin, finger',
        'robot.joints.5 "finger": is a slide joint; only joints that turn about an axis can be moved',
        "robot.joints: are listed as turn, bend, lift, roll, finger; list them from base to tool: turn, lift, bend, roll, finger",
        'robot.tool.link "tool0": is not in the file; its links are world_plate, pedestal, column, upper, fore, wrist_a, wrist_b, hand, flange, finger_link',
      ],
    );
    return true;
  });
});

test("a rest posture whose tool does not point down, or is turned away, is refused with what to change", async () => {
  const joints = benchArm.joints.map((joint) => (joint.name === "pitch" ? { ...joint, homeRad: 0 } : joint));
  await assert.rejects(make({ ...benchArm, joints }), /at homeRad the tool's z axis is 1\.34 rad from straight down, at most 0\.52 rad/);
  const tool = { ...benchArm.tool, turnRad: [0, 0, 0] as const };
  await assert.rejects(
    make({ ...benchArm, tool: { ...tool, turnRad: [0, 0, 0] } }),
    /the tool's x axis is turned by -?3\.14 rad from the base's/,
  );
});

test("files that cannot be used are told apart", async () => {
  const write = (name: string, text: string): string => {
    const path = join(cache, `${name}.urdf`);
    writeFileSync(path, text);
    return path;
  };
  const refused = async (file: string, code: string, message: RegExp): Promise<void> => {
    await assert.rejects(make({ ...benchArm, file }), (error) => {
      assert.ok(error instanceof AgentError, String(error));
      assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
      return true;
    });
    if (file.startsWith(cache)) rmSync(file, { force: true });
  };
  const text = readFileSync(benchArm.file, "utf8");
  await refused(
    join(cache, "absent.urdf"),
    "model.missing",
    /cannot read .*absent\.urdf \(ENOENT: there is no such file or folder\); correct robot\.file/,
  );
  await refused(write("xacro", text.replace("<link", "<xacro:arm/><link")), "model.corrupt", /has xacro macros; expand it first/);
  await refused(write("svg", "<svg/>"), "model.corrupt", /neither <robot> \(URDF\) nor <mujoco> \(MJCF\)/);
  await refused(
    write("massless", text.replace(/<inertial>[\s\S]*?<\/inertial>/g, "")),
    "model.corrupt",
    /every link that moves needs mass and inertia/,
  );
  await refused(write("include", '<mujoco><include file="a.xml"/></mujoco>'), "model.corrupt", /includes other files/);
});

test("a limit that is no number, a size or weight that no arm has, and a file that can be read in two ways are refused with line and value", async () => {
  const text = readFileSync(benchArm.file, "utf8");
  const path = join(cache, "damaged.urdf");
  const refused = async (changed: string, message: RegExp): Promise<void> => {
    assert.notEqual(changed, text, `nothing was changed for ${message}`);
    writeFileSync(path, changed);
    await assert.rejects(make({ ...benchArm, file: path }), (error) => {
      assert.ok(error instanceof AgentError, String(error));
      assert.match(error.message, message);
      return true;
    });
  };
  for (const value of ["NaN", "2,5", "fast", "1e999"]) {
    await refused(
      text.replace(/velocity="[^"]+"/, `velocity="${value}"`),
      new RegExp(`damaged\\.urdf:\\d+: <limit> of "\\w+": velocity="${value}" is no finite number`),
    );
    await refused(text.replace(/effort="[^"]+"/, `effort="${value}"`), /effort=".*" is no finite number/);
    await refused(text.replace(/lower="[^"]+"/, `lower="${value}"`), /lower=".*" is no finite number/);
  }
  await refused(text.replace(/velocity="[^"]+"/, 'velocity="-1"'), /velocity -1 is below 0/);
  await refused(text.replace(/lower="[^"]+" upper="[^"]+"/, 'lower="1" upper="-1"'), /joint "\w+": lower 1 is above upper -1/);
  await refused(
    text.replace(/lower="[^"]+" upper="[^"]+"/, 'lower="1" upper="1"'),
    /joint "\w+": lower and upper are both 1, which is no range/,
  );
  await refused(
    text.replace(/<mass value="[^"]+"/g, '<mass value="3000"'),
    /link "\w+": its mass: 3000 kg is above, at most 2000 kg: .*in grams\? write 3/,
  );
  await refused(
    text.replace(/xyz="0 0 0\.(\d\d?)"/g, 'xyz="0 0 $100"'),
    /links: from the first joint to the tool they are together .* m is above, at most 10 m: .*in millimetres\?/,
  );
  await refused(
    text.replace(/<limit lower/, '<limit lower="-0.1" lower'),
    /damaged\.urdf:\d+: is no XML: Attribute 'lower' is repeated; mend it there/,
  );
  await refused(`${text}${text.replace(/<\?xml[^>]*>/, "")}`, /damaged\.urdf.*(second <robot> in one file|Multiple)/);
  await refused(text.slice(0, text.length / 2), /damaged\.urdf:\d+: is no XML/);
});

test("copies that MuJoCo would make for hours are refused", () => {
  const path = join(cache, "copies.xml");
  writeFileSync(
    path,
    '<mujoco><worldbody><replicate count="5000"><replicate count="5000"><body/></replicate></replicate></worldbody></mujoco>',
  );
  assert.throws(() => readSource(path), { code: "model.corrupt", message: /copies\.xml:1: <replicate> makes 5000 copies, at most 1000/ });
});

type Joint = RobotDescription["joints"][number];

async function sameTool(spec: RobotSpec, other: RobotSpec): Promise<void> {
  using one = await createKinematics(spec);
  using two = await createKinematics(other);
  const rng = createRng(9);
  for (let posture = 0; posture < 20; posture++) {
    const positionRad = spec.joints.map((joint) => rng.between(joint.positionMinRad, joint.positionMaxRad));
    const [a, b] = [one.toolPose(positionRad), two.toolPose(positionRad)];
    for (let axis = 0; axis < 3; axis++)
      assert.ok(Math.abs(a.positionM[axis]! - b.positionM[axis]!) < 1e-9, `${a.positionM}, ${b.positionM}`);
    assert.ok(Math.hypot(...rotationBetween(a.quaternion, b.quaternion)) < 1e-7);
  }
}

async function withModel(spec: RobotSpec, use: (model: MujocoModel) => Promise<void>): Promise<void> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(spec.modelPath, "utf8"));
  await use(model);
  model.delete();
}
