/** Every invented arm through the command line as its owner would: describe --yes, check, a short collect. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { cli } from "../helpers/cli.ts";
import { folderOfTest } from "../robots/described/invented.ts";
import { arms } from "./arms.ts";

const folder = folderOfTest();
const PNG = [0x89, 0x50, 0x4e, 0x47];

const GRIPPERS: Readonly<Record<string, readonly string[]>> = {
  "six-fingers.urdf": ["left_finger", "right_finger"],
  "five-jaw.urdf": ["jaw"],
  "seven-hand.xml": ["finger_a", "finger_b"],
};

for (const [file, what, text, joints] of arms) {
  test(`${file} (${what}): described, checked and played with`, async () => {
    const path = folder.write(file, text);
    const launch = join(folder.path, `${file.replace(/\.\w+$/, "")}.launch.yaml`);
    const described = await cli("describe", path, "--yes");
    assert.equal(described.code, 0, described.err);
    assert.deepEqual([...readFileSync(launch.replace(".launch.yaml", ".png")).subarray(0, 4)], PNG);
    const written = readFileSync(launch, "utf8");
    assert.match(written, /# guess: .*\n +joints:/);
    const { robot } = loadLaunch(launch);
    assert.ok(typeof robot !== "string");
    assert.deepEqual(
      robot.joints.map(({ name }) => name),
      joints,
    );
    assert.deepEqual(
      robot.joints.filter(({ type }) => type === "continuous").map(({ name }) => name),
      text.includes('type="continuous"') ? ["joint_1", "joint_4", "joint_6"] : [],
    );
    assert.deepEqual(robot.gripper?.fingers.map(({ joint }) => joint) ?? [], GRIPPERS[file] ?? []);

    const checked = await cli("check", launch);
    assert.equal(checked.code, 0, checked.err);
    assert.match(checked.out, /pointing straight down\n[\s\S]*all 8 corners[\s\S]*everything fits; there is no model yet/);

    const data = join(folder.path, `${file}-data`);
    const collected = await cli("collect", launch, "--out", data, "--rows", "120", "--workers", "1");
    assert.equal(collected.code, 0, collected.err);
    const meta = JSON.parse(readFileSync(join(data, "meta.json"), "utf8")) as { columns: readonly string[] };
    assert.equal(meta.columns.filter((name) => /^joint\d+$/.test(name)).length, joints.length);
  });
}

test("a launch file that is there is not replaced without --force, and nothing is asked without a terminal", async () => {
  const [[file, , text] = ["", "", ""]] = arms;
  const path = folder.write(`again-${file}`, text);
  const asked = await cli("describe", path);
  assert.deepEqual([asked.code, /no terminal to ask on; give --yes/.test(asked.err)], [2, true], asked.err);
  assert.equal((await cli("describe", path, "--yes")).code, 0);
  const again = await cli("describe", path, "--yes");
  assert.deepEqual([again.code, /is there already; give --force/.test(again.err)], [2, true], again.err);
});

test("an arm that cannot point its tool down is told why, and nothing is written", async () => {
  const flat = folder.write(
    "scara.urdf",
    `<robot name="scara">${[0, 1, 2, 3].map((i) => `<link name="l${i}"><inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial></link>`).join("")}
     ${[1, 2, 3].map((i) => `<joint name="j${i}" type="revolute"><parent link="l${i - 1}"/><child link="l${i}"/><origin xyz="0.2 0 0"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" effort="9" velocity="2"/></joint>`).join("")}</robot>`,
  );
  const { code, err } = await cli("describe", flat, "--yes");
  assert.equal(code, 2);
  assert.match(err, /scara\.urdf.*(no posture was found|reaches no box)/);
});
