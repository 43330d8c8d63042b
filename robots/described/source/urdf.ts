/** A URDF as MuJoCo compiles it by itself: links, joints and simple shapes; fixed links stay, so that a tool can be named by its link. */
import { type Inertia, inertiaMisfit } from "./inertials.ts";
import { COMPILER, isXacro, type LeftOut, NEGLIGIBLE_KG, type Source, type SourceInertia } from "./source.ts";
import { childOf, corrupt, descendants, type Element, element, numbersOf, withAttributes, writeXml } from "./xml.ts";

/** Parts for other programs are left out without a word. */
const KEPT = new Set(["link", "joint", "material"]);
const SHAPE_SIZES: Readonly<Record<string, readonly string[]>> = {
  box: ["size"],
  cylinder: ["radius", "length"],
  capsule: ["radius", "length"],
  sphere: ["radius"],
};

/** Throws AgentError `model.corrupt` where xacro has not been expanded, or two parts have one name. */
export function urdfSource(root: Element): Source {
  const leftOut: LeftOut[] = [];
  const notes: string[] = [];
  checkNames(root);
  const inertias = new Map<string, SourceInertia>();
  const kept = root.children.flatMap((child) => {
    if (isXacro(child) || (KEPT.has(child.tag) && descendants(child).some(isXacro)))
      throw corrupt(child.place, "has xacro macros; expand it first: xacro FILE > arm.urdf");
    if (child.tag === "link") return [keptLink(child, leftOut, inertias)];
    if (child.tag === "joint") return [keptJoint(child, notes)];
    return KEPT.has(child.tag) ? [child] : [];
  });
  const compiler = element("compiler", { ...COMPILER, discardvisual: "false" }, root.place); // Simple shapes that are only seen stay.
  const children = [...kept.map(withoutTextures), element("mujoco", {}, root.place, [compiler])];
  const { text, places } = writeXml({ ...root, children });
  const ownCompiler = root.children.filter(({ tag }) => tag === "mujoco").flatMap(({ children: parts }) => parts);
  return {
    format: "URDF",
    xml: text,
    places,
    files: new Map(),
    limits: new Map(jointsOf(root).map((joint) => [joint.attributes["name"] ?? "", limitsOf(joint)])),
    follows: jointsOf(root).flatMap((joint) => {
      const mimic = childOf(joint, "mimic");
      if (!mimic) return [];
      const [ratio, offset] = [numbersOf(mimic, "multiplier")?.[0] ?? 1, numbersOf(mimic, "offset")?.[0] ?? 0];
      return [{ joint: joint.attributes["name"] ?? "", leader: mimic.attributes["joint"] ?? "", how: "mimic", ratio, offset }];
    }),
    loops: [],
    inertias,
    mendsInertias: ownCompiler.some(({ tag, attributes }) => tag === "compiler" && attributes["balanceinertia"] === "true"),
    leftOut,
    notes,
  };
}

const jointsOf = (root: Element): readonly Element[] => root.children.filter(({ tag }) => tag === "joint");

/** MuJoCo leaves the second name away, and then it is nobody's. */
function checkNames(root: Element): void {
  const seen = new Set<string>();
  for (const { tag, attributes, place } of root.children.filter((child) => child.tag === "link" || child.tag === "joint")) {
    const part = `${tag} "${attributes["name"] ?? ""}"`;
    if (seen.has(part)) throw corrupt(place, `has a second ${part}; names must differ: rename one`);
    seen.add(part);
  }
}

/** One that lets its link go anywhere (a vehicle under the arm) stands still here, as it is drawn. */
function keptJoint(joint: Element, notes: string[]): Element {
  const { type, name = "" } = joint.attributes;
  if (type === "floating" || type === "planar") {
    notes.push(`${type} joint "${name}": stands still here, as a fixed one`);
    return withAttributes(joint, { type: "fixed" });
  }
  return isContinuous(joint) ? withoutEnds(joint) : withinSoftEnds(joint, notes);
}

/** Controllers stop at the soft ends, which lie within the hard ones (wiki.ros.org/pr2_controller_manager/safety_limits); none are given where both are 0. */
function withinSoftEnds(joint: Element, notes: string[]): Element {
  const [limit, soft] = [childOf(joint, "limit"), childOf(joint, "safety_controller")];
  const read = (of: Element | undefined, name: string): number => (of && numbersOf(of, name)?.[0]) ?? 0;
  const [softLower, softUpper] = [read(soft, "soft_lower_limit"), read(soft, "soft_upper_limit")];
  const hard = [read(limit, "lower"), read(limit, "upper")] as const;
  const [lower, upper] = [Math.max(hard[0], softLower), Math.min(hard[1], softUpper)];
  if (!limit || softLower === softUpper || lower >= upper || (lower === hard[0] && upper === hard[1])) return joint;
  notes.push(`joint "${joint.attributes["name"] ?? ""}": goes from ${lower} to ${upper}, the soft ends of its safety_controller`);
  const narrowed = withAttributes(limit, { lower: String(lower), upper: String(upper) });
  return { ...joint, children: joint.children.map((child) => (child === limit ? narrowed : child)) };
}

const isContinuous = ({ attributes }: Element): boolean => attributes["type"] === "continuous";

/** What a continuous joint's <limit> says of positions is not meant; MuJoCo would heed it. */
const withoutEnds = (joint: Element): Element => ({
  ...joint,
  children: joint.children.map((child) => (child.tag === "limit" ? withAttributes(child, { lower: undefined, upper: undefined }) : child)),
});

function keptLink(link: Element, leftOut: LeftOut[], inertias: Map<string, SourceInertia>): Element {
  const name = link.attributes["name"] ?? "";
  const isShape = ({ tag }: Element): boolean => tag === "visual" || tag === "collision";
  const children = link.children.flatMap((child) => {
    if (child.tag === "inertial") return keptInertial(child, name, inertias);
    if (!isShape(child)) return [];
    const why = whyLeftOut(child);
    if (why) leftOut.push({ what: why, body: name, place: child.place });
    return why ? [] : [child];
  });
  if (!children.some(({ tag }) => tag === "inertial")) {
    const hasShapes = link.children.some(isShape);
    if (hasShapes && !inertias.has(name)) inertias.set(name, { place: link.place, lacking: "has shapes and no <inertial>", misfit: null });
  }
  return { ...link, children };
}

function whyLeftOut(shape: Element): string | null {
  const geometry = childOf(shape, "geometry")?.children[0];
  if (!geometry) return "a shape without geometry";
  const sizes = SHAPE_SIZES[geometry.tag];
  if (!sizes) return geometry.tag === "mesh" ? "a mesh" : `a shape <${geometry.tag}>`;
  const numbers = sizes.flatMap((name) => numbersOf(geometry, name) ?? [0]);
  return numbers.every((size) => size > 0 && Number.isFinite(size)) ? null : `a ${geometry.tag} of size 0`;
}

/** None for what weighs nothing. */
function keptInertial(inertial: Element, link: string, inertias: Map<string, SourceInertia>): readonly Element[] {
  const [mass, inertia] = [childOf(inertial, "mass"), childOf(inertial, "inertia")];
  const massKg = mass ? (numbersOf(mass, "value")?.[0] ?? 0) : 0;
  const read = (name: string): number => (inertia ? (numbersOf(inertia, name)?.[0] ?? 0) : 0);
  const moments: Inertia = [read("ixx"), read("iyy"), read("izz"), read("ixy"), read("ixz"), read("iyz")];
  const isNothing = Math.abs(massKg) < NEGLIGIBLE_KG && moments.every((each) => each === 0);
  if (massKg === 0 || isNothing) return [];
  const misfit = inertiaMisfit(massKg, moments);
  if (!misfit) return [inertial];
  inertias.set(link, { place: inertial.place, lacking: null, misfit });
  if (!inertia || !mass || !(massKg > 0) || !moments.every(Number.isFinite)) return [];
  const more = (name: string, value: number): [string, string] => [name, String(value + misfit.lackingKgM2)];
  const mended = withAttributes(inertia, Object.fromEntries([more("ixx", moments[0]), more("iyy", moments[1]), more("izz", moments[2])]));
  return [{ ...inertial, children: inertial.children.map((child) => (child === inertia ? mended : child)) }];
}

function withoutTextures(of: Element): Element {
  return { ...of, children: of.children.filter(({ tag }) => tag !== "texture").map(withoutTextures) };
}

/** A bound that is missing, 0 or below is no bound: what is meant is that nobody knows it. */
function limitsOf(joint: Element) {
  const limit = childOf(joint, "limit");
  const bound = (name: string): number | null => {
    const value = limit ? (numbersOf(limit, name)?.[0] ?? 0) : 0;
    return value > 0 ? value : null;
  };
  return { velocityMaxRadPerS: bound("velocity"), torqueMaxNm: bound("effort"), isContinuous: isContinuous(joint) };
}
