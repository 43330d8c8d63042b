/** What of an arm's own file is read: comments never, included files of its own folder always, and every refusal names file, line and remedy. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describedRobot } from "../../../robots/described/robot.ts";
import { readSource } from "../../../robots/described/source/read-source.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { described, folderOfTest, mjcf, urdf } from "./invented.ts";

const folder = folderOfTest();
const make = (file: string, changes = {}) => describedRobot(described(file, changes), join(folder.path, "cache"));
const refused = (work: () => unknown, code: string, message: RegExp): Promise<void> =>
  assert.rejects(
    async () => work(),
    (error) => {
      assert.ok(error instanceof AgentError, String(error));
      assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
      return true;
    },
  );

test("comments are no content: xacro, includes and a second robot in them change nothing", async () => {
  const comment = '<!-- <xacro:include filename="$(find x)/y"/> <include file="z.xml"/> <robot> -->';
  await make(folder.write("commented.urdf", urdf.replace("<link", `${comment}\n<link`)));
  await make(folder.write("commented.xml", mjcf(comment, comment)));
});

test("a description spread over files of its folder is one: MJCF's include, and a URDF's that xacro wrote", async () => {
  folder.write("parts/tool.xml", '<mujocoinclude><site name="tcp" pos="0.05 0 0"/></mujocoinclude>');
  const whole = await make(folder.write("split.xml", mjcf('<include file="parts/tool.xml"/>')), {
    tool: { site: "tcp", offsetM: [0, 0, 0], turnRad: [0, -Math.PI / 2, Math.PI] },
  });
  assert.equal(whole.joints.length, 6);
  folder.write("parts/links.urdf", urdf);
  await make(folder.write("split.urdf", '<robot name="six" xmlns:xacro="x"><xacro:include filename="parts/links.urdf"/></robot>'));
});

test("files outside the folder are not read, by path, by link, or by a path of the whole machine", async () => {
  const outside = folderOfTest();
  const secret = outside.write("secret.xml", "<mujocoinclude/>");
  symlinkSync(secret, join(folder.path, "link.xml"));
  for (const named of [`../${secret.split("/").at(-2)}/secret.xml`, secret, "link.xml"]) {
    const file = folder.write("outside.xml", mjcf(`<include file="${named}"/>`));
    await refused(
      () => readSource(file),
      "model.corrupt",
      /outside\.xml:11: includes .*, which is outside the folder of .*outside\.xml; put it there/,
    );
  }
});

test("an include that goes round in circles, or is not there, is refused", async () => {
  const round = folder.write("round.xml", mjcf('<include file="round.xml"/>'));
  await refused(() => readSource(round), "model.corrupt", /round\.xml:11: is include number 9 within one another, at most 8 are followed/);
  const lost = folder.write("lost.xml", mjcf('<include file="lost-part.xml"/>'));
  await refused(
    () => readSource(lost),
    "model.corrupt",
    /lost\.xml:11: includes other files, and lost-part\.xml cannot be read; put it into the folder/,
  );
});

test("xacro that is not expanded is refused with the command, wherever it stands in what is used", async () => {
  for (const [from, to] of [
    ["<link", "<xacro:arm/><link"],
    ['effort="40"', `effort="${"$"}{e}"`],
  ] as const)
    await refused(
      () => readSource(folder.write("x.urdf", urdf.replace(from, to))),
      "model.corrupt",
      /x\.urdf:\d+: has xacro macros; expand it first: xacro FILE > arm\.urdf/,
    );
  readSource(folder.write("plugin.urdf", urdf.replace("<link", `<gazebo><plugin path="${"$"}(find y)"/></gazebo><link`)));
});

test("shapes of meshes, of size 0 and with textures are left out, in default classes too; the arm is the same", async () => {
  const visual = (geometry: string): string =>
    `<visual><geometry>${geometry}</geometry><material name="m"><texture filename="a.png"/></material></visual>`;
  const shapes = [
    '<mesh filename="package://a/b.dae"/>',
    '<box size="0 0 0"/>',
    '<cylinder radius="0" length="1"/>',
    '<sphere radius="0.02"/>',
  ];
  const source = readSource(
    folder.write("shapes.urdf", urdf.replace('<link name="hand">', `<link name="hand">${shapes.map(visual).join("")}`)),
  );
  assert.deepEqual(
    source.leftOut.map(({ what, body }) => `${body}: ${what}`),
    ["hand: a mesh", "hand: a box of size 0", "hand: a cylinder of size 0"],
  );
  await make(folder.write("shapes.urdf", urdf.replace('<link name="hand">', `<link name="hand">${shapes.map(visual).join("")}`)));
  const classes =
    '<default><default class="v"><geom type="mesh" mass="0" group="2"/><mesh scale="0.001 0.001 0.001"/><default class="w"><geom mesh="a"/></default></default></default>' +
    '<asset><mesh name="a" file="a.stl"/><hfield name="h" file="h.png" size="1 1 1 1"/><texture name="t" type="2d" file="t.png"/><material name="m" texture="t"/></asset>';
  const geoms =
    '<geom class="v" mesh="a"/><geom class="w" material="m"/><geom type="hfield" hfield="h" mass="0"/><geom size="0" mass="0"/><geom size="0.02" material="m" mass="0"/>';
  const model = folder.write("classes.xml", mjcf(geoms, classes));
  assert.equal(readSource(model).leftOut.length, 4);
  await make(model);
});

test("what MuJoCo says against a file is told with the file's own line and a remedy for it", async () => {
  const cases = [
    [mjcf('<geom size="0.01" colour="red"/>'), /unrecognized attribute: 'colour'.* \(.*bad\.xml:11\); that is no MJCF of MuJoCo 3/],
    [mjcf('<body name="hand"/>'), /repeated name 'hand' in body.* \(.*bad\.xml:11\); names must differ/],
    [mjcf('<geom size="0.01" material="steel"/>'), /steel.* \(.*bad\.xml:11\); define what it refers to/],
  ] as const;
  for (const [text, message] of cases) await refused(() => make(folder.write("bad.xml", text)), "model.corrupt", message);
  const orphan = urdf.replace('<parent link="hand"/>', '<parent link="palm"/>');
  await refused(
    () => make(folder.write("bad.urdf", orphan)),
    "model.corrupt",
    /joint parent or child missing.* \(.*bad\.urdf:15\); define what it refers to/,
  );
  await refused(() => make(folder.write("cut.urdf", urdf.slice(0, 400))), "model.corrupt", /cut\.urdf:\d+: is no XML/);
});

test("a vehicle under the arm stands still: floating and planar joints are fixed ones, and that is told", async () => {
  for (const type of ["floating", "planar"]) {
    const root = `<link name="odom"/><joint name="drive" type="${type}"><parent link="odom"/><child link="base"/></joint><link name="base"`;
    const source = readSource(folder.write("vehicle.urdf", urdf.replace('<link name="base"', root)));
    assert.deepEqual(source.notes, [`${type} joint "drive": stands still here, as a fixed one`]);
    await make(folder.write("vehicle.urdf", urdf.replace('<link name="base"', root)));
  }
});

test("the soft ends of a safety_controller are the joint's ends where they are narrower, none where both are 0", async () => {
  const soft = (low: number, high: number): string =>
    urdf.replace(
      /(<limit lower="-2\.9" upper="2\.9"[^>]*>)/,
      `$1<safety_controller soft_lower_limit="${low}" soft_upper_limit="${high}" k_velocity="9"/>`,
    );
  assert.notEqual(soft(-1, 1), urdf);
  const narrowed = folder.write("soft.urdf", soft(-1, 4));
  assert.deepEqual(readSource(narrowed).notes, ['joint "turn": goes from -1 to 2.9, the soft ends of its safety_controller']);
  await refused(() => make(narrowed), "launch.invalid", /"turn": positionMinRad -2\.9 rad is below the file's -1 rad/);
  for (const [low, high] of [
    [0, 0],
    [-4, 4],
  ] as const)
    assert.deepEqual(readSource(folder.write("soft.urdf", soft(low, high))).notes, []);
  await refused(
    () => readSource(folder.write("nan.urdf", soft(Number.NaN, 1))),
    "model.corrupt",
    /soft_lower_limit="NaN" is no finite number/,
  );
});

test("two joints or links of one name are refused with the line of the second", async () => {
  const twice = urdf.replace('<joint name="lift"', '<joint name="turn"');
  assert.notEqual(twice, urdf);
  await refused(
    () => readSource(folder.write("twice.urdf", twice)),
    "model.corrupt",
    /twice\.urdf:\d+: has a second joint "turn"; names must differ/,
  );
});
