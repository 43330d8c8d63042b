/** What the links of a described arm weigh: what does not move is not asked, what moves is kept, mended on request, or refused by name. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describedArm, describedRobot } from "../../../robots/described/robot.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { loadMujoco } from "../../../runtime/kinematics/mujoco.ts";
import { described, folderOfTest, mjcf, urdf } from "./invented.ts";

const folder = folderOfTest();
const make = (file: string, changes = {}) => describedRobot(described(file, changes), join(folder.path, "cache"));
const impossible = '<inertial><mass value="0.05"/><inertia ixx="0.0001" ixy="0" ixz="0" iyy="0.0001" iyz="0" izz="0.0009"/></inertial>';
const onto = (link: string, text: string, of = urdf): string =>
  of.replace(new RegExp(`(<link name="${link}">)<inertial>.*?</inertial>`), `$1${text}`);
const refused = (work: Promise<unknown>, message: RegExp): Promise<void> =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof AgentError, String(error));
    assert.deepEqual([error.code, message.test(error.message)], ["model.corrupt", true], error.message);
    return true;
  });

async function massKg(modelPath: string, body: string): Promise<number> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(modelPath, "utf8"));
  try {
    const id = mujoco.mj_name2id(model, 1, body);
    assert.ok(id >= 0, body);
    return model.body_mass[id];
  } finally {
    model.delete();
  }
}

test("the inertia of what does not move does not matter, whatever holds it: a fixed link, or a joint that is not declared", async () => {
  const antenna = `<link name="antenna">${impossible}</link><joint name="a" type="TYPE"><parent link="base"/><child link="antenna"/><axis xyz="0 0 1"/></joint></robot>`;
  for (const type of ["fixed", "continuous"])
    await make(folder.write("antenna.urdf", urdf.replace("</robot>", antenna.replace("TYPE", type))));
  await make(
    folder.write(
      "base.xml",
      mjcf().replace('<body name="base">', '<body name="base"><inertial pos="0 0 0" mass="1" diaginertia="1 1 9"/>'),
    ),
  );
});

test("an inertia that no body has, of a link that moves, is refused with link, line, moments and what to change", async () => {
  const file = folder.write("moving.urdf", onto("fore", impossible));
  await refused(
    make(file),
    /link "fore" \(.*moving\.urdf:6\): its inertia needs two smaller moments that add up to the largest or more; they are 0\.0001, 0\.0001, 0\.0009 kg m\^2 at 0\.05 kg; correct it .*robot\.mendInertias: true/,
  );
  const arm = await describedArm(described(file, { mendInertias: true }));
  const fore = arm.model.bodies.find(({ name }) => name === "fore")!;
  const [a, b, c] = [...fore.momentsKgM2].sort((one, other) => one - other) as [number, number, number];
  assert.ok(a + b >= c && c < 0.0017, `${fore.momentsKgM2}`);
  assert.match(arm.notes.join("\n"), /link "fore".*0\.0007 kg m\^2 were added to each/);
});

test("the file's own word that inertias are to be balanced is heard", async () => {
  await make(
    folder.write("own.urdf", onto("fore", impossible).replace("</robot>", '<mujoco><compiler balanceinertia="true"/></mujoco></robot>')),
  );
});

test("moments that miss by their last digit are taken as they were meant, and told", async () => {
  const thin = '<inertial><mass value="1"/><inertia ixx="0.001" ixy="0" ixz="0" iyy="0.001" iyz="0" izz="0.00201"/></inertial>';
  const arm = await describedArm(described(folder.write("thin.urdf", onto("fore", thin))));
  assert.match(arm.notes.join("\n"), /link "fore"/);
});

test("a frame without mass between two joints is a frame; a link with a shape and no mass is refused, or shares the arm's mass", async () => {
  const frame = await describedArm(described(folder.write("frame.urdf", onto("roll_link", ""))));
  assert.deepEqual(frame.notes, ['link "roll_link": has no mass; taken for 0.001 kg']);
  const mesh = '<visual><geometry><mesh filename="a.stl"/></geometry></visual>';
  const file = folder.write("mesh.urdf", onto("fore", mesh));
  await refused(
    make(file),
    /links: every link that moves needs mass and inertia of its own: "fore" has shapes and no <inertial> \(.*mesh\.urdf:6\); .*robot\.massKg/,
  );
  const spec = await make(file, { massKg: 6 });
  assert.ok(Math.abs((await massKg(spec.modelPath, "six-fore")) - (6 - 2 - 1.5 - 0.5 - 0.4 - 0.2)) < 1e-9);
});

test("a file that says nothing of mass is refused until the launch file says what the links weigh together", async () => {
  const bare = folder.write("bare.urdf", urdf.replace(/<inertial>.*?<\/inertial>/g, ""));
  await refused(make(bare), /every link that moves needs mass and inertia of its own: "column" has no mass, .*and 2 more/);
  const spec = await make(bare, { massKg: 6 });
  const masses = await Promise.all(
    ["column", "upper", "fore", "roll_link", "hand", "flange"].map((link) => massKg(spec.modelPath, `six-${link}`)),
  );
  assert.ok(Math.abs(masses.reduce((sum, each) => sum + each, 0) - 6) < 1e-9, `${masses}`);
});

/** A cube of edge 1 as binary STL, its sides facing out. */
function cubeStl(): Uint8Array {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((each) => [each & 1, (each >> 1) & 1, (each >> 2) & 1]);
  const sides = ["0231", "4576", "0154", "1375", "3267", "2046"].map((side) => [...side].map(Number));
  const triangles = sides.flatMap(([a, b, c, d]) => [
    [a, b, c],
    [a, c, d],
  ]);
  const bytes = Buffer.alloc(84 + 50 * triangles.length);
  bytes.writeUInt32LE(triangles.length, 80);
  for (const [index, triangle] of triangles.entries())
    for (const [place, corner] of triangle.entries())
      for (const [axis, value] of corners[corner!]!.entries()) bytes.writeFloatLE(value, 84 + 50 * index + 12 + 12 * place + 4 * axis);
  return bytes;
}

test("mass that hangs on a mesh is kept: by its volume where the mesh is at hand, by its own number where it is not, else refused", async () => {
  const weighing = (geom: string, mesh = '<mesh name="m" file="cube.stl" scale="0.1 0.1 0.1"/>'): string =>
    mjcf("", `<asset>${mesh}</asset>`).replace('<geom type="sphere" size="0.03" mass="1"/>', geom);
  const lost = folder.write("lost/lost.xml", weighing('<geom type="mesh" mesh="m"/>'));
  await refused(make(lost), /"fore" weighs what mesh "m" weighs, which is not there \(.*lost\.xml:7\); give them an <inertial>/);
  const own = await make(folder.write("lost/own.xml", weighing('<geom type="mesh" mesh="m" mass="0.7"/>')));
  assert.ok(Math.abs((await massKg(own.modelPath, "six-fore")) - 0.7) < 1e-9);

  folder.write("here/meshes/cube.stl", cubeStl());
  const density = '<geom type="mesh" mesh="m" density="500"/>';
  const here = folder.write("here/arm.xml", weighing(density).replace('angle="radian"', 'angle="radian" meshdir="meshes"'));
  assert.ok(Math.abs((await massKg((await make(here)).modelPath, "six-fore")) - 0.5) < 1e-6);
  const outside = folder.write("there/arm.xml", weighing(density).replace('angle="radian"', 'angle="radian" meshdir="../here/meshes"'));
  await refused(make(outside), /"fore" weighs what mesh "m" weighs, which is outside the folder of/);
});
