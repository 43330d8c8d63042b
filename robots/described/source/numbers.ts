/** What must be a number in an arm's file is one: NaN, a decimal comma, text and what is too large would each make a limit that limits nothing. */
import { corrupt, type Element, numbersOf } from "./xml.ts";

/** Where bodies, joints and their limits are said; what is for other programs is not looked at. */
const LOOKED_AT = new Set(["link", "joint", "worldbody", "default"]);
/** What of a URDF's elements is taken over: the rest is left out, and may say what it likes. */
const URDF_PARTS: Readonly<Record<string, readonly string[]>> = {
  link: ["inertial", "visual", "collision"],
  inertial: ["origin", "mass", "inertia"],
  visual: ["origin", "geometry"],
  collision: ["origin", "geometry"],
  joint: ["origin", "axis", "limit", "dynamics", "mimic", "safety_controller"],
};
const NUMERIC = new Set([
  ...["xyz", "rpy", "lower", "upper", "velocity", "effort", "damping", "friction", "value", "ixx", "iyy", "izz", "ixy", "ixz", "iyz"],
  ...["radius", "length", "size", "pos", "quat", "euler", "axisangle", "xyaxes", "zaxis", "axis", "range", "ref", "mass", "density"],
  ...["diaginertia", "fullinertia", "armature", "frictionloss", "fromto", "soft_lower_limit", "soft_upper_limit"],
]);
/** Copies that MuJoCo makes of what is within; more is no arm, and would be compiled for hours. */
const COPIES_MAX = 1000;

/** Throws AgentError `model.corrupt` naming line, attribute and value. */
export function checkNumbers(root: Element): void {
  for (const child of root.children) if (LOOKED_AT.has(child.tag)) check(child, child.attributes["name"] ?? "", 1);
}

function check(of: Element, within: string, copies: number): void {
  const name = of.attributes["name"] ?? within;
  for (const [key, value] of Object.entries(of.attributes)) {
    if (!NUMERIC.has(key) || value.includes("$")) continue; // What xacro has left is said elsewhere.
    const wrong = value
      .trim()
      .split(/\s+/)
      .find((text) => text === "" || !Number.isFinite(Number(text)));
    if (wrong !== undefined) throw corrupt(of.place, `<${of.tag}> of "${name}": ${key}="${value}" is no finite number; correct it`);
  }
  if (of.tag === "limit") checkLimit(of, name);
  const times = of.tag === "replicate" ? copies * (numbersOf(of, "count")?.[0] ?? 1) : copies;
  if (!(times <= COPIES_MAX))
    throw corrupt(of.place, `<replicate> makes ${times} copies, at most ${COPIES_MAX}; leave it out, an arm needs none`);
  const parts = URDF_PARTS[of.tag];
  for (const child of of.children) if (!parts || parts.includes(child.tag)) check(child, name, times);
}

/** Of a URDF. 0 stands for "nobody knows"; a limit below 0 is damage. */
function checkLimit(of: Element, joint: string): void {
  const [lower, upper] = [numbersOf(of, "lower")?.[0] ?? 0, numbersOf(of, "upper")?.[0] ?? 0];
  if (lower > upper) throw corrupt(of.place, `joint "${joint}": lower ${lower} is above upper ${upper}; exchange or correct them`);
  if (lower === upper && lower !== 0)
    throw corrupt(of.place, `joint "${joint}": lower and upper are both ${lower}, which is no range; correct them`);
  for (const key of ["velocity", "effort"]) {
    const value = numbersOf(of, key)?.[0] ?? 0;
    if (value < 0) throw corrupt(of.place, `joint "${joint}": ${key} ${value} is below 0; correct it`);
  }
}
