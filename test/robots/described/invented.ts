/** An invented arm of six joints as a URDF and as an MJCF that say the same, and its description: what tests change to ask one thing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { type RobotDescription, robotDescriptionSchema } from "../../../robots/described/description.ts";

const inertial = (massKg: number, momentKgM2 = 0.004 * massKg): string =>
  `<inertial><mass value="${massKg}"/><inertia ixx="${momentKgM2}" iyy="${momentKgM2}" izz="${momentKgM2}" ixy="0" ixz="0" iyz="0"/></inertial>`;

/** name, parent, child, where, axis, lower, upper */
const JOINTS = [
  ["turn", "base", "column", "0 0 0.2", "0 0 1", -2.9, 2.9],
  ["lift", "column", "upper", "0 0 0", "0 1 0", -1.6, 1.6],
  ["bend", "upper", "fore", "0.3 0 0", "0 1 0", -0.2, 2.6],
  ["roll", "fore", "roll_link", "0.15 0 0", "1 0 0", -2.9, 2.9],
  ["pitch", "roll_link", "hand", "0.15 0 0", "0 1 0", -2, 2],
  ["spin", "hand", "flange", "0.06 0 0", "1 0 0", -2.9, 2.9],
] as const;
const HOME = [0, -0.6, 1.4, 0, 0.7708, 0];
const MASSES: Readonly<Record<string, number>> = { base: 2, column: 2, upper: 1.5, fore: 1, roll_link: 0.5, hand: 0.4, flange: 0.2 };

export const urdf = `<?xml version="1.0"?>
<robot name="six">
${Object.entries(MASSES)
  .map(([link, massKg]) => `  <link name="${link}">${inertial(massKg)}</link>`)
  .join("\n")}
${JOINTS.map(
  ([name, parent, child, xyz, axis, lower, upper]) =>
    `  <joint name="${name}" type="revolute"><parent link="${parent}"/><child link="${child}"/><origin xyz="${xyz}"/><axis xyz="${axis}"/><limit lower="${lower}" upper="${upper}" effort="40" velocity="2"/></joint>`,
).join("\n")}
</robot>
`;

/** `tail` is put into the flange, `other` beside the world. */
export function mjcf(tail = "", other = ""): string {
  const bodies = JOINTS.map(
    ([name, , child, pos, axis, lower, upper]) =>
      `<body name="${child}" pos="${pos}"><joint name="${name}" axis="${axis}" range="${lower} ${upper}"/><geom type="sphere" size="0.03" mass="${MASSES[child]}"/>`,
  );
  return `<mujoco model="six">
<compiler angle="radian"/>
${other}
<worldbody><body name="base"><geom type="box" size="0.05 0.05 0.05"/>
${bodies.join("\n")}
${tail}${"</body>".repeat(JOINTS.length)}
</body></worldbody>
</mujoco>
`;
}

/** At rest the tool points straight down at (0.463, 0, 0.07) m. */
export const described = (file: string, changes: Partial<RobotDescription> = {}): RobotDescription =>
  robotDescriptionSchema.parse({
    name: "six",
    file,
    joints: JOINTS.map(([name, , , , , lower, upper], index) => ({
      name,
      positionMinRad: lower,
      positionMaxRad: upper,
      velocityMaxRadPerS: 2,
      accelerationMaxRadPerS2: 8,
      jerkMaxRadPerS3: 800,
      torqueMaxNm: 20,
      homeRad: HOME[index],
    })),
    tool: { link: "flange", offsetM: [0.05, 0, 0], turnRad: [0, -Math.PI / 2, Math.PI] },
    ...changes,
  });

/** A folder that goes with the test file; `write` gives the path of a file in it. */
export function folderOfTest(): { readonly path: string; write(name: string, text: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), "arms-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}
