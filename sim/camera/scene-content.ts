/** What the camera can see of a MuJoCo model: its visible geoms with colours, and its lights. */
import type { MjModel } from "@mujoco/mujoco";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import { meshShape } from "./mesh-shape.ts";
import { boxShape, capsuleShape, cylinderShape, ellipsoidShape, planeShape, type Shape } from "./shape.ts";

/** One visible geom. */
export interface VisibleGeom {
  /** Index into MjModel's geom arrays. */
  readonly id: number;
  /** Belongs to a body that joints cannot move. */
  readonly isFixed: boolean;
  /** Colour where lit fully, 0..255 a channel. */
  readonly rgb: readonly [number, number, number];
  /** Share of the colour that it shines by itself, 0..1. */
  readonly emission: number;
  /** Its surface, round parts in `segments` (a multiple of 4) faces around. */
  shape(segments: number): Shape;
  /** Radius of its roundest part, 0 for flat ones. */
  readonly roundM: number;
}

/** One light; its place and direction come from MjData. */
export interface Light {
  readonly id: number;
  readonly isDirectional: boolean;
  /** Added where the light falls at a right angle, unit-free. */
  readonly diffuse: readonly number[];
  /** Constant, per metre and per square metre. */
  readonly attenuation: readonly number[];
}

export interface SceneContent {
  readonly geoms: readonly VisibleGeom[];
  readonly lights: readonly Light[];
  /** Sum of all ambient light, unit-free. */
  readonly ambient: readonly number[];
  /** Light from the camera's own direction, unit-free. */
  readonly headDiffuse: readonly number[];
}

/** MuJoCo's mjtGeom. */
const GEOM = { plane: 0, hfield: 1, sphere: 2, capsule: 3, ellipsoid: 4, cylinder: 5, box: 6, mesh: 7, sdf: 8 } as const;
/** MuJoCo's mjtLightType. */
const DIRECTIONAL = 1;

/** Reads the model once; colours, sizes and lights changed in the model later are not seen. Throws AgentError `launch.invalid`. */
export function readScene(model: MjModel, hiddenGroups: readonly number[], lightScale: number): SceneContent {
  const geoms: VisibleGeom[] = [];
  for (let id = 0; id < model.ngeom; id++) {
    const rgba = geomRgba(model, id);
    if (hiddenGroups.includes(model.geom_group[id]) || rgba[3]! <= 0) continue;
    geoms.push(readGeom(model, id, rgba));
  }
  const lights: Light[] = [];
  const head = model.vis.headlight;
  const ambient = head.active ? scaled(head.ambient, 0, lightScale) : [0, 0, 0];
  for (let id = 0; id < model.nlight; id++) {
    if (!isLit(model, id)) continue;
    scaled(model.light_ambient, id, lightScale).forEach((value, channel) => {
      ambient[channel]! += value;
    });
    lights.push({
      id,
      isDirectional: model.light_type[id] === DIRECTIONAL,
      diffuse: scaled(model.light_diffuse, id, lightScale),
      attenuation: scaled(model.light_attenuation, id, 1),
    });
  }
  return { geoms, lights, ambient, headDiffuse: head.active ? scaled(head.diffuse, 0, lightScale) : [0, 0, 0] };
}

/** The array `light_active` holds booleans, which the WASM binding cannot hand out; the single light's accessor can. */
function isLit(model: MjModel, id: number): boolean {
  const light = model.light(id);
  invariant(light, `light ${id} is not in the model`);
  const isActive = Boolean(light.active);
  light.delete();
  return isActive;
}

function readGeom(model: MjModel, id: number, rgba: readonly number[]): VisibleGeom {
  const type: number = model.geom_type[id];
  const size = scaled(model.geom_size, id, 1);
  const material: number = model.geom_matid[id];
  const look = {
    id,
    isFixed: isFixed(model, model.geom_bodyid[id]),
    rgb: [rgba[0]! * 255, rgba[1]! * 255, rgba[2]! * 255],
    emission: material < 0 ? 0 : model.mat_emission[material],
  } as const;
  const [a, b] = [size[0]!, size[1]!];
  switch (type) {
    case GEOM.plane:
      return { ...look, roundM: 0, shape: () => planeShape(size) };
    case GEOM.sphere:
      return { ...look, roundM: a, shape: (segments) => ellipsoidShape([a, a, a], segments) };
    case GEOM.capsule:
      return { ...look, roundM: a, shape: (segments) => capsuleShape(a, b, segments) };
    case GEOM.ellipsoid:
      return { ...look, roundM: Math.max(...size), shape: (segments) => ellipsoidShape(size, segments) };
    case GEOM.cylinder:
      return { ...look, roundM: a, shape: (segments) => cylinderShape(a, b, segments) };
    case GEOM.box:
      return { ...look, roundM: 0, shape: () => boxShape(size) };
    case GEOM.mesh:
    case GEOM.sdf:
      return { ...look, roundM: 0, shape: () => readMesh(model, model.geom_dataid[id]) };
    default:
      throw new AgentError(
        "launch.invalid",
        `geom ${id}: type ${type} is not one the camera draws (plane, sphere, capsule, ellipsoid, cylinder, box, mesh, sdf); put it in a hidden group`,
      );
  }
}

/** MuJoCo's rule: the material's colour, unless the geom's own differs from the default grey. */
function geomRgba(model: MjModel, id: number): number[] {
  const own = Array.from<number>(model.geom_rgba.subarray(id * 4, id * 4 + 4));
  const material: number = model.geom_matid[id];
  const isDefault = own[0] === 0.5 && own[1] === 0.5 && own[2] === 0.5 && own[3] === 1;
  return material >= 0 && isDefault ? Array.from<number>(model.mat_rgba.subarray(material * 4, material * 4 + 4)) : own;
}

/** A welded body counts as moving where a mocap body carries it. */
function isFixed(model: MjModel, body: number): boolean {
  if (model.body_weldid[body] !== 0) return false;
  for (let b = body; b !== 0; b = model.body_parentid[b]) if (model.body_mocapid[b] >= 0) return false;
  return true;
}

function readMesh(model: MjModel, mesh: number): Shape {
  const part = (all: ArrayLike<number>, start: number, count: number): ArrayLike<number> =>
    Array.prototype.slice.call(all, start * 3, (start + count) * 3);
  return meshShape(
    part(model.mesh_vert, model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]),
    part(model.mesh_face, model.mesh_faceadr[mesh], model.mesh_facenum[mesh]),
  );
}

const scaled = (values: ArrayLike<number>, index: number, scale: number): number[] =>
  [0, 1, 2].map((channel) => values[index * 3 + channel]! * scale);
