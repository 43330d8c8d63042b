/** An MJCF as MuJoCo compiles it by itself: bodies, joints, sites and simple shapes; of meshes only what they weigh. */
import { type Defaults, readDefaults } from "./defaults.ts";
import { ballRadiusM, type Inertia, inertiaMisfit } from "./inertials.ts";
import { createMeshFinder, type MeshFinder } from "./mesh-files.ts";
import { COMPILER, type Follower, type LeftOut, type Loop, type Source, type SourceInertia } from "./source.ts";
import { corrupt, descendants, type Element, element, numbersOf, withAttributes, writeXml } from "./xml.ts";

/** Of the compiler's settings those that say how the file is read. */
const COMPILER_KEPT = ["angle", "autolimits", "eulerseq", "coordinate", "inertiafromgeom", "inertiagrouprange", "settotalmass"];
/** What drives a joint by itself. */
const DRIVES = new Set(["motor", "position", "velocity", "intvelocity", "damper", "general"]);
const BODY_LEFT_OUT = new Set(["light", "camera", "composite", "flexcomp", "plugin"]);
const DEFAULT_LEFT_OUT = new Set(["mesh", "tendon", "equality", "pair", "camera", "light", "muscle", "adhesion", "cylinder", "plugin"]);
/** How many of a shape's sizes MuJoCo reads. */
const SIZES: Readonly<Record<string, number>> = { sphere: 1, capsule: 2, cylinder: 2, ellipsoid: 3, box: 3 };
const MESH_TYPES = new Set(["mesh", "sdf", "hfield"]);

/** Bodies and what is in them, as they are walked through. */
interface Walk {
  readonly defaults: Defaults;
  readonly meshes: MeshFinder;
  /** Shapes of these groups weigh something. */
  readonly groups: readonly number[];
  /** Whether shapes decide what a body weighs even where it says it itself. */
  readonly inertiaFromGeom: string;
  readonly leftOut: LeftOut[];
  readonly inertias: Map<string, SourceInertia>;
}

export function mjcfSource(root: Element, file: string): Source {
  const sections = (tag: string): readonly Element[] => root.children.filter((child) => child.tag === tag);
  const compilers = sections("compiler");
  const setting = (name: string): string | undefined =>
    compilers.findLast(({ attributes }) => attributes[name] !== undefined)?.attributes[name];
  const defaults = readDefaults(root);
  const walk: Walk = {
    defaults,
    meshes: createMeshFinder(file, sections("asset"), setting),
    groups: setting("inertiagrouprange")?.trim().split(/\s+/).map(Number) ?? [0, 5],
    inertiaFromGeom: setting("inertiafromgeom") ?? "auto",
    leftOut: [],
    inertias: new Map(),
  };
  const attached = descendants(root).find(({ tag }) => tag === "attach" || tag === "model");
  if (attached)
    throw corrupt(attached.place, `attaches another model (<${attached.tag}>), which is not followed; save the description as one file`);
  const worlds = sections("worldbody").map((world) => keptBody(world, walk, undefined));
  const children = [
    ...compilers.map((each) => withAttributes(each, onlyKept(each))),
    element("compiler", COMPILER, root.place),
    ...sections("default").map((each) => keptDefault(each, walk.meshes)),
    element("asset", {}, root.place, [
      ...sections("asset").flatMap((asset) => asset.children.filter(({ tag }) => tag === "material").map(withoutTexture)),
      ...walk.meshes.used(),
    ]),
    ...worlds,
    ...sections("actuator").map((each) => ({ ...each, children: each.children.filter(drivesJoint) })),
  ];
  const { text, places } = writeXml({ ...root, attributes: {}, children });
  const equalities = sections("equality").flatMap((each) => each.children);
  const active = equalities.filter((each) => defaults.attribute(each, "active", undefined) !== "false");
  return {
    format: "MJCF",
    xml: text,
    places,
    files: walk.meshes.files,
    limits: new Map(),
    follows: active.flatMap((each) => [
      ...(each.tag === "joint" ? [followerOf(each, defaults)] : []),
      ...(each.tag === "tendon" ? followersOfTendon(each, sections("tendon"), defaults) : []),
    ]),
    loops: active.flatMap((each) => loopOf(each, root)),
    inertias: walk.inertias,
    mendsInertias: setting("balanceinertia") === "true",
    leftOut: walk.leftOut,
    notes: [],
  };
}

const onlyKept = ({ attributes }: Element): Record<string, undefined> =>
  Object.fromEntries(Object.keys(attributes).flatMap((name) => (COMPILER_KEPT.includes(name) ? [] : [[name, undefined]])));

const drivesJoint = ({ tag, attributes }: Element): boolean => DRIVES.has(tag) && attributes["joint"] !== undefined;

/** Textures are not read, and nothing refers to them. */
const withoutTexture = (of: Element): Element => ({ ...withAttributes(of, { texture: undefined }), children: [] });

/** A class keeps what it says of simple shapes. */
function keptDefault(of: Element, meshes: MeshFinder): Element {
  const children = of.children.flatMap((child) => {
    if (child.tag === "default") return [keptDefault(child, meshes)];
    if (child.tag === "mesh") return meshes.hasUsed ? [child] : [];
    if (DEFAULT_LEFT_OUT.has(child.tag)) return [];
    if (child.tag === "material") return [withoutTexture(child)];
    if (child.tag !== "geom") return [child];
    const isMesh = MESH_TYPES.has(child.attributes["type"] ?? "");
    return [withAttributes(child, { mesh: undefined, hfield: undefined, fitscale: undefined, ...(isMesh ? { type: undefined } : {}) })];
  });
  return { ...of, children };
}

function keptBody(of: Element, walk: Walk, around: string | undefined): Element {
  const childclass = of.attributes["childclass"] ?? around;
  const name = of.attributes["name"] ?? "";
  const weighsItself = of.children.some(({ tag }) => tag === "inertial") && walk.inertiaFromGeom !== "true";
  const children = of.children.flatMap((child): readonly Element[] => {
    if (BODY_LEFT_OUT.has(child.tag)) return [];
    if (child.tag === "inertial") return keptInertial(child, name, walk);
    if (child.tag === "geom") return keptGeom(child, name, childclass, walk, weighsItself);
    return child.children.length > 0 || child.tag === "body" ? [keptBody(child, walk, childclass)] : [child];
  });
  return { ...of, children };
}

function keptGeom(geom: Element, body: string, childclass: string | undefined, walk: Walk, weighsItself: boolean): readonly Element[] {
  const read = (name: string): string | undefined => walk.defaults.attribute(geom, name, childclass);
  const type = read("type") ?? "sphere";
  const isMesh = read("mesh") !== undefined || read("hfield") !== undefined || MESH_TYPES.has(type);
  if (isMesh) {
    walk.leftOut.push({ what: "a mesh", body, place: geom.place });
    return weighsItself ? [] : weightOfMesh(geom, body, read, walk);
  }
  const sizes = read("size")?.trim().split(/\s+/).map(Number);
  const needed = read("fromto") === undefined ? (SIZES[type] ?? 0) : 1;
  if (!sizes || sizes.slice(0, needed).every((size) => size > 0)) return [geom];
  walk.leftOut.push({ what: `a ${type} of size 0`, body, place: geom.place });
  return [];
}

/** What stands for a mesh where its body has no inertia of its own: the mesh itself where it is at hand, else a ball of its mass. */
function weightOfMesh(geom: Element, body: string, read: (name: string) => string | undefined, walk: Walk): readonly Element[] {
  const [massKg, density, group] = [read("mass"), read("density"), read("group")].map((text) => (text === undefined ? null : Number(text)));
  const [least, most] = walk.groups;
  const weighs = massKg === null || massKg === undefined ? density !== 0 : massKg > 0;
  if (!weighs || Number(group ?? 0) < least! || Number(group ?? 0) > most!) return [];
  const unseen = { contype: "0", conaffinity: "0", group: "5", material: undefined };
  const named = read("mesh");
  const found = named === undefined ? "is a height field" : walk.meshes.use(named);
  if (found === null) return [withAttributes(geom, { ...unseen, type: read("type") ?? "mesh", mesh: named })];
  if (massKg !== null && massKg !== undefined) {
    const own = { type: "sphere", size: String(ballRadiusM(massKg)), mesh: undefined, hfield: undefined, fitscale: undefined };
    return [withAttributes(geom, { ...unseen, ...own, mass: String(massKg), fromto: undefined })];
  }
  if (!walk.inertias.has(body))
    walk.inertias.set(body, { place: geom.place, lacking: `weighs what mesh "${named}" weighs, which ${found}`, misfit: null });
  return [];
}

function keptInertial(inertial: Element, body: string, walk: Walk): readonly Element[] {
  const massKg = numbersOf(inertial, "mass")?.[0] ?? 0;
  const [full, diagonal] = [numbersOf(inertial, "fullinertia"), numbersOf(inertial, "diaginertia") ?? [0, 0, 0]];
  if (massKg === 0) return [];
  const misfit = inertiaMisfit(massKg, (full ?? [...diagonal, 0, 0, 0]) as unknown as Inertia);
  if (!misfit) return [inertial];
  walk.inertias.set(body, { place: inertial.place, lacking: null, misfit });
  const mended = (full ?? diagonal).map((value, index) => (index < 3 ? value + misfit.lackingKgM2 : value));
  if (!(massKg > 0) || !mended.every(Number.isFinite)) return [];
  return [withAttributes(inertial, { [full ? "fullinertia" : "diaginertia"]: mended.join(" ") })];
}

/** What is no straight line in the polynomial is taken for one: fingers hardly have it. */
function followerOf(each: Element, defaults: Defaults): Follower {
  const [offset = 0, ratio = 1] = defaults.attribute(each, "polycoef", undefined)?.trim().split(/\s+/).map(Number) ?? [];
  return { joint: each.attributes["joint1"] ?? "", leader: each.attributes["joint2"] ?? "", how: "equality", ratio, offset };
}

/** A tendon of a fixed length couples the joints that it is a sum of: each goes where the first makes it go. */
function followersOfTendon(each: Element, sections: readonly Element[], defaults: Defaults): readonly Follower[] {
  const named = ["tendon1", "tendon2"].map((at) => each.attributes[at]);
  const tendons = sections.flatMap(({ children }) => children).filter(({ attributes }) => named.includes(attributes["name"] ?? ""));
  const [leader, ...led] = tendons.flatMap(({ children }) => children.filter(({ attributes }) => attributes["joint"] !== undefined));
  if (!leader) return [];
  const coefficient = (part: Element): number => numbersOf(part, "coef")?.[0] ?? 1;
  const [lengthM = 0] = defaults.attribute(each, "polycoef", undefined)?.trim().split(/\s+/).map(Number) ?? [];
  const how = "equality";
  if (led.length === 0) return [{ joint: leader.attributes["joint"]!, leader: "", how, ratio: 0, offset: lengthM / coefficient(leader) }];
  return led.map((part) => ({
    ...{ joint: part.attributes["joint"]!, leader: leader.attributes["joint"]!, how },
    ...{ ratio: -coefficient(leader) / coefficient(part), offset: lengthM / coefficient(part) },
  }));
}

function loopOf({ tag, attributes, place }: Element, root: Element): readonly Loop[] {
  if (tag !== "connect" && tag !== "weld") return [];
  const bodyOf = (at: "1" | "2"): string => attributes[`body${at}`] ?? bodyOfSite(root, attributes[`site${at}`]) ?? "world";
  return [{ bodies: [bodyOf("1"), bodyOf("2")], place }];
}

const bodyOfSite = (root: Element, site: string | undefined): string | undefined =>
  site === undefined
    ? undefined
    : descendants(root).find(
        ({ tag, children }) => tag === "body" && children.some((each) => each.tag === "site" && each.attributes["name"] === site),
      )?.attributes["name"];
