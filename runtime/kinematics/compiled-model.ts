/** A compiled MuJoCo model as plain data: bodies with inertias, joints and shapes, lights, servos. What it reads is what MuJoCo simulates. */
import type { MainModule, MjModel } from "@mujoco/mujoco";
import { AgentError, invariant } from "../core/errors.ts";

export interface CompiledModel {
  /** Earth's pull, m/s^2. */
  readonly gravity: readonly number[];
  /** Parents before children; the first is the world, whose shapes stand still. */
  readonly bodies: readonly Body[];
  readonly lights: readonly Light[];
  /** Light of every place alike, and light that shines from the camera; 0..1 a channel. */
  readonly ambient: readonly number[];
  readonly headDiffuse: readonly number[];
}

export interface Frame {
  /** Metres. */
  readonly positionM: readonly number[];
  /** (w, x, y, z). */
  readonly quaternion: readonly number[];
}

/** Its frame is in the parent's. */
export interface Body extends Frame {
  readonly name: string;
  readonly parent: number;
  readonly massKg: number;
  /** Frame of the principal axes in the body's frame, and the moments about them, kg m^2. */
  readonly inertialFrame: Frame;
  readonly momentsKgM2: readonly number[];
  readonly joints: readonly Joint[];
  readonly geoms: readonly Geom[];
  readonly sites: readonly (Frame & { readonly name: string })[];
}

/** Units of a slide are m, N; of a hinge rad, N m. */
export interface Joint {
  readonly name: string;
  readonly kind: "free" | "ball" | "slide" | "hinge";
  readonly axis: readonly number[];
  /** In the body's frame. */
  readonly positionM: readonly number[];
  readonly range: readonly [number, number] | null;
  /** Where the joint stands when its body is placed as its frame says (MJCF's ref). */
  readonly reference: number;
  /** Of a spring in the joint, per unit of position, and where it is at rest. */
  readonly stiffness: number;
  readonly springReference: number;
  /** What all drives together may exert; null without a bound. */
  readonly effortMax: number | null;
  /** Passive, per unit of velocity. */
  readonly damping: number;
  /** Dry friction, force or torque. */
  readonly friction: number;
  /** Inertia of the drive, added to that of what it moves. */
  readonly armature: number;
  readonly servo: Servo | null;
}

/** force = stiffness (target - q) - damping qd, at most effortMax. */
export interface Servo {
  readonly stiffness: number;
  readonly damping: number;
  readonly effortMax: number;
}

export type GeomKind = "plane" | "sphere" | "capsule" | "ellipsoid" | "cylinder" | "box";

export interface Geom extends Frame {
  readonly name: string;
  readonly kind: GeomKind;
  /** MuJoCo's half sizes, shape (3), metres. */
  readonly sizeM: readonly number[];
  readonly rgba: readonly number[];
  readonly isVisible: boolean;
  readonly contype: number;
  readonly conaffinity: number;
  /** Sliding friction coefficient, unit-free. */
  readonly friction: number;
}

export interface Light {
  readonly name: string;
  readonly isDirectional: boolean;
  readonly positionM: readonly number[];
  readonly direction: readonly number[];
  readonly diffuse: readonly number[];
  /** Constant, per metre, per square metre. */
  readonly attenuation: readonly number[];
}

const JOINTS = ["free", "ball", "slide", "hinge"] as const;
const GEOMS: Readonly<Record<number, GeomKind>> = { 0: "plane", 2: "sphere", 3: "capsule", 4: "ellipsoid", 5: "cylinder", 6: "box" };
/** MuJoCo's own viewer hides these groups, and so do our cameras (sim/camera/renderer.ts). */
const HIDDEN_GROUP_MIN = 3;
const TRANSMISSION = { joint: 0, tendon: 3 } as const;
const WRAP_JOINT = 1;
const DIRECTIONAL = 1;
/** Numbers per actuator in gainprm and biasprm. */
const ACTUATOR_STRIDE = 10;

/** Shapes that are no primitives are refused with AgentError `launch.invalid`, or passed over. */
export function readCompiledModel(mujoco: MainModule, model: MjModel, others: "refused" | "passed over" = "refused"): CompiledModel {
  const reader: Reader = {
    model,
    passesOver: others === "passed over",
    name: (kind, id) => nameOf(mujoco, model, mujoco.mjtObj[`mjOBJ_${kind}`].value, id),
    servos: readServos(model),
  };
  const head = model.vis.headlight;
  const lights = range(model.nlight).filter((id) => isLit(model, id));
  const ambient = head.active ? row(head.ambient, 0, 3) : [0, 0, 0];
  for (const id of lights) {
    for (const [channel, value] of row(model.light_ambient, id, 3).entries()) ambient[channel]! += value;
  }
  return {
    gravity: row(model.opt.gravity, 0, 3),
    bodies: range(model.nbody).map((id) => readBody(reader, id)),
    lights: lights.map((id) => readLight(reader, id)),
    ambient,
    headDiffuse: head.active ? row(head.diffuse, 0, 3) : [0, 0, 0],
  };
}

/** Empty for what has none: mj_id2name answers a null pointer then, which the WASM binding reads as text at address 0. */
function nameOf(mujoco: MainModule, model: MjModel, type: number, id: number): string {
  const name = mujoco.mj_id2name(model, type, id);
  return mujoco.mj_name2id(model, type, name) === id ? name : "";
}

interface Reader {
  readonly model: MjModel;
  readonly passesOver: boolean;
  name(kind: "BODY" | "JOINT" | "GEOM" | "SITE" | "LIGHT", id: number): string;
  readonly servos: ReadonlyMap<number, Servo>;
}

function readBody(reader: Reader, id: number): Body {
  const { model, name } = reader;
  const of = (ids: ArrayLike<number>, count: number): number[] => range(count).filter((each) => ids[each] === id);
  return {
    name: name("BODY", id),
    parent: model.body_parentid[id],
    positionM: row(model.body_pos, id, 3),
    quaternion: row(model.body_quat, id, 4),
    massKg: model.body_mass[id],
    inertialFrame: { positionM: row(model.body_ipos, id, 3), quaternion: row(model.body_iquat, id, 4) },
    momentsKgM2: row(model.body_inertia, id, 3),
    joints: of(model.jnt_bodyid, model.njnt).map((joint) => readJoint(reader, joint)),
    geoms: of(model.geom_bodyid, model.ngeom)
      .filter((geom) => !reader.passesOver || GEOMS[model.geom_type[geom]])
      .map((geom, index) => readGeom(reader, geom, index)),
    sites: of(model.site_bodyid, model.nsite).map((site) => ({
      name: name("SITE", site),
      positionM: row(model.site_pos, site, 3),
      quaternion: row(model.site_quat, site, 4),
    })),
  };
}

function readJoint({ model, name, servos }: Reader, id: number): Joint {
  const limits = isLimited(model, id) ? row(model.jnt_range, id, 2) : [0, 0];
  const effort: number = model.jnt_actfrcrange[2 * id + 1];
  const at: number = model.jnt_qposadr[id];
  return {
    name: name("JOINT", id),
    kind: JOINTS[model.jnt_type[id]]!,
    axis: row(model.jnt_axis, id, 3),
    positionM: row(model.jnt_pos, id, 3),
    range: limits[0]! < limits[1]! ? [limits[0]!, limits[1]!] : null,
    reference: model.qpos0[at],
    stiffness: model.jnt_stiffness[id],
    springReference: model.qpos_spring[at],
    effortMax: effort > 0 ? effort : null,
    damping: model.dof_damping[model.jnt_dofadr[id]],
    friction: model.dof_frictionloss[model.jnt_dofadr[id]],
    armature: model.dof_armature[model.jnt_dofadr[id]],
    servo: servos.get(id) ?? null,
  };
}

function readGeom({ model, name }: Reader, id: number, index: number): Geom {
  const kind = GEOMS[model.geom_type[id]];
  const label = name("GEOM", id) || `shape${index}`;
  if (!kind)
    throw new AgentError(
      "launch.invalid",
      `geom "${label}" has MuJoCo type ${model.geom_type[id]}; models are written on with ${Object.values(GEOMS).join(", ")}: use those in the robot's model`,
    );
  const rgba = row(model.geom_rgba, id, 4);
  return {
    name: label,
    kind,
    positionM: row(model.geom_pos, id, 3),
    quaternion: row(model.geom_quat, id, 4),
    sizeM: row(model.geom_size, id, 3),
    rgba,
    isVisible: rgba[3]! > 0 && model.geom_group[id] < HIDDEN_GROUP_MIN,
    contype: model.geom_contype[id],
    conaffinity: model.geom_conaffinity[id],
    friction: model.geom_friction[3 * id],
  };
}

/** The array `jnt_limited` cannot cross the WASM border; the single joint's accessor can. */
function isLimited(model: MjModel, id: number): boolean {
  const joint = model.jnt(id);
  const limited = Boolean(joint.limited);
  joint.delete();
  return limited;
}

/** The array `light_active` cannot cross the WASM border; the single light's accessor can. */
function isLit(model: MjModel, id: number): boolean {
  const light = model.light(id);
  invariant(light, `light ${id} is not in the model`);
  const isActive = Boolean(light.active);
  light.delete();
  return isActive;
}

function readLight({ model, name }: Reader, id: number): Light {
  return {
    name: name("LIGHT", id) || `light${id}`,
    isDirectional: model.light_type[id] === DIRECTIONAL,
    positionM: row(model.light_pos, id, 3),
    direction: row(model.light_dir, id, 3),
    diffuse: row(model.light_diffuse, id, 3),
    attenuation: row(model.light_attenuation, id, 3),
  };
}

/** Position servos by joint. One on a tendon that couples joints is shared out: its joints move alike, so the tendon's length is theirs times the coefficients' sum. */
function readServos(model: MjModel): Map<number, Servo> {
  const servos = new Map<number, Servo>();
  for (const id of range(model.nu)) {
    const stiffness: number = model.actuator_gainprm[ACTUATOR_STRIDE * id];
    const damping: number = -model.actuator_biasprm[ACTUATOR_STRIDE * id + 2];
    const effortMax: number = model.actuator_forcerange[2 * id + 1];
    const moved: number = model.actuator_trnid[2 * id];
    if (model.actuator_trntype[id] === TRANSMISSION.joint) servos.set(moved, { stiffness, damping, effortMax });
    if (model.actuator_trntype[id] !== TRANSMISSION.tendon) continue;
    const wraps = range(model.tendon_num[moved]).map((each) => model.tendon_adr[moved] + each);
    const sum = wraps.reduce((total, wrap) => total + model.wrap_prm[wrap], 0);
    for (const wrap of wraps) {
      if (model.wrap_type[wrap] !== WRAP_JOINT) continue;
      const coefficient: number = model.wrap_prm[wrap];
      const share = { stiffness: coefficient * sum * stiffness, damping: coefficient * sum * damping, effortMax: coefficient * effortMax };
      servos.set(model.wrap_objid[wrap], share);
    }
  }
  return servos;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const row = (values: ArrayLike<number>, index: number, width: number): number[] =>
  range(width).map((each) => values[index * width + each]!);
