/** The shadow model: a robot's own MJCF in MuJoCo, posed but never simulated, with the spec's joints and tool point looked up. */
import { AgentError } from "../core/errors.ts";
import { readPlainText } from "../core/plain-file.ts";
import type { RobotSpec } from "../core/robot.ts";
import { loadMujoco, type Mujoco, type MujocoData, type MujocoModel } from "./mujoco.ts";

export interface Shadow extends Disposable {
  readonly mujoco: Mujoco;
  readonly model: MujocoModel;
  readonly data: MujocoData;
  /** Index of each joint of the spec in data.qpos, shape (jointCount). */
  readonly qposIndex: readonly number[];
  /** Column of each joint of the spec in a Jacobian of `dofCount` columns, shape (jointCount). */
  readonly dofIndex: readonly number[];
  readonly dofCount: number;
  readonly siteId: number;
  readonly siteBodyId: number;
}

/** Compiles spec.modelPath (one file, no meshes or includes); throws AgentError `model.missing`, `model.corrupt` or `model.mismatch`. */
export async function createShadow(spec: RobotSpec): Promise<Shadow> {
  const mujoco = await loadMujoco();
  const model = compile(mujoco, spec, readXml(spec));
  try {
    const siteId = idOf(mujoco, model, mujoco.mjtObj.mjOBJ_SITE.value, "site", spec.toolSite, spec);
    const jointIds = spec.joints.map((joint) => idOf(mujoco, model, mujoco.mjtObj.mjOBJ_JOINT.value, "joint", joint.name, spec));
    const data = new mujoco.MjData(model);
    return {
      mujoco,
      model,
      data,
      qposIndex: jointIds.map((id) => model.jnt_qposadr[id]),
      dofIndex: jointIds.map((id) => model.jnt_dofadr[id]),
      dofCount: model.nv,
      siteId,
      siteBodyId: model.site_bodyid[siteId],
      [Symbol.dispose]: () => {
        data.delete();
        model.delete();
      },
    };
  } catch (error) {
    model.delete();
    throw error;
  }
}

/** Of the text of a robot's model, which has no meshes in it. */
const XML_BYTES_MAX = 64 * 2 ** 20;

const readXml = ({ name, modelPath }: RobotSpec): string =>
  readPlainText(modelPath, {
    ...{ bytesMax: XML_BYTES_MAX, code: "model.missing", subject: `robot "${name}"` },
    remedy: "correct modelPath in its spec",
  });

function compile(mujoco: Mujoco, spec: RobotSpec, xml: string): MujocoModel {
  try {
    return mujoco.MjModel.from_xml_string(xml);
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
    throw new AgentError("model.corrupt", `robot "${spec.name}": MuJoCo cannot compile ${spec.modelPath}: ${why}; mend the file`, {
      cause,
    });
  }
}

function idOf(mujoco: Mujoco, model: MujocoModel, type: number, kind: string, name: string, spec: RobotSpec): number {
  const id = mujoco.mj_name2id(model, type, name);
  if (id >= 0) return id;
  throw new AgentError("model.mismatch", `robot "${spec.name}": ${spec.modelPath} has no ${kind} "${name}"; make spec and model agree`);
}
