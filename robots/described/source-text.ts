/** A URDF or MJCF as text that MuJoCo compiles by itself: without meshes and other files, fixed links kept apart so that a tool can be named by its link. */
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { AgentError } from "../../runtime/core/errors.ts";

/** What a URDF says of a joint and MuJoCo does not keep. */
export interface JointLimits {
  readonly velocityMaxRadPerS: number | null;
  readonly torqueMaxNm: number | null;
}

export interface Source {
  /** Compiles without any other file. */
  readonly xml: string;
  /** By joint name; empty for MJCF. */
  readonly limits: ReadonlyMap<string, JointLimits>;
}

/** An element as fast-xml-parser keeps the order of: its tag holds its children, ":@" its attributes. */
type Node = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ":@";
const options = { preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: "", suppressBooleanAttributes: false } as const;
/** What neither moves an arm nor shows it: parts for other programs, and what refers to files or to shapes that are left out. */
const URDF_LEFT_OUT = new Set(["gazebo", "transmission", "ros2_control", "mujoco", "texture", "safety_controller"]);
const MJCF_LEFT_OUT = new Set([
  "mesh",
  "hfield",
  "texture",
  "skin",
  "keyframe",
  "sensor",
  "contact",
  "visual",
  "statistic",
  "custom",
  "size",
]);
/** Fixed links stay links, simple shapes that are only seen stay, and inertias are taken as they are. */
const URDF_COMPILER = '<mujoco><compiler fusestatic="false" discardvisual="false" balanceinertia="false"/></mujoco>';

/** Throws AgentError `model.corrupt` naming the file when it is neither. */
export function sourceText(text: string, file: string): Source {
  const roots = parse(text, file).filter((node) => tagOf(node) === "robot" || tagOf(node) === "mujoco");
  const root = roots[0];
  if (!root) throw corrupt(file, "has neither <robot> (URDF) nor <mujoco> (MJCF) as its outermost element");
  if (text.includes("<xacro:")) throw corrupt(file, "has xacro macros; expand it first: xacro FILE > arm.urdf");
  if (tagOf(root) === "robot") {
    const kept = childrenOf(root).flatMap((child) => keptOfUrdf(child));
    const xml = new XMLBuilder(options).build([{ ...root, robot: kept }]) as string;
    return { xml: xml.replace(/<\/robot>\s*$/, `${URDF_COMPILER}</robot>`), limits: limitsOf(kept) };
  }
  if (text.includes("<include")) throw corrupt(file, "includes other files; save it as one: MuJoCo's compile tool writes the whole model");
  const kept = childrenOf(root).flatMap((child) => keptOfMjcf(child));
  return { xml: new XMLBuilder(options).build([{ ...root, mujoco: kept }]) as string, limits: new Map() };
}

function parse(text: string, file: string): readonly Node[] {
  try {
    return new XMLParser(options).parse(text) as readonly Node[];
  } catch (cause) {
    throw new AgentError("model.corrupt", `${file}: is no XML: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

const corrupt = (file: string, why: string): AgentError => new AgentError("model.corrupt", `${file}: ${why}`);

/** Zero or one element: a shape made of a mesh goes with all that it holds. */
function keptOfUrdf(node: Node): readonly Node[] {
  const tag = tagOf(node);
  if (URDF_LEFT_OUT.has(tag)) return [];
  const isShape = tag === "visual" || tag === "collision";
  if (isShape && descendants(node).some((each) => tagOf(each) === "mesh")) return [];
  return [withChildren(node, childrenOf(node).flatMap(keptOfUrdf))];
}

function keptOfMjcf(node: Node): readonly Node[] {
  const tag = tagOf(node);
  if (MJCF_LEFT_OUT.has(tag) || (tag === "geom" && attribute(node, "mesh") !== undefined)) return [];
  const { texture: _, ...attributes } = (node[ATTRIBUTES] ?? {}) as Record<string, string>;
  const kept = tag === "material" ? { ...node, [ATTRIBUTES]: attributes } : node;
  return [withChildren(kept, childrenOf(node).flatMap(keptOfMjcf))];
}

function limitsOf(elements: readonly Node[]): ReadonlyMap<string, JointLimits> {
  const joints = elements.filter((node) => tagOf(node) === "joint");
  return new Map(
    joints.map((joint) => {
      const limit = childrenOf(joint).find((child) => tagOf(child) === "limit");
      const number = (name: string): number | null => (limit && attribute(limit, name) ? Number(attribute(limit, name)) : null);
      return [attribute(joint, "name") ?? "", { velocityMaxRadPerS: number("velocity"), torqueMaxNm: number("effort") }];
    }),
  );
}

const tagOf = (node: Node): string => Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
function childrenOf(node: Node): readonly Node[] {
  const children = node[tagOf(node)];
  return Array.isArray(children) ? (children as readonly Node[]) : [];
}
const descendants = (node: Node): readonly Node[] => childrenOf(node).flatMap((child) => [child, ...descendants(child)]);
const attribute = (node: Node, name: string): string | undefined => (node[ATTRIBUTES] as Record<string, string> | undefined)?.[name];
const withChildren = (node: Node, children: readonly Node[]): Node =>
  Array.isArray(node[tagOf(node)]) ? { ...node, [tagOf(node)]: children } : node;
