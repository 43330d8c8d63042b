/** Compiles what was read of an arm's file; what MuJoCo says against it is told with the file's own line and the remedy that fits. */
import { AgentError } from "../../../runtime/core/errors.ts";
import { readPlainFile } from "../../../runtime/core/plain-file.ts";
import { type CompiledModel, readCompiledModel } from "../../../runtime/kinematics/compiled-model.ts";
import type { Mujoco, MujocoModel } from "../../../runtime/kinematics/mujoco.ts";
import type { Source } from "./source.ts";

const MESH_BYTES_MAX = 64 * 1024 * 1024;

/** Throws AgentError `model.corrupt`; `subject` says of what, such as `robot "arm": file.urdf`. */
export function compileSource(mujoco: Mujoco, source: Source, subject: string): CompiledModel {
  const model = load(mujoco, source, subject);
  try {
    return readCompiledModel(mujoco, model, "passed over");
  } finally {
    model.delete();
  }
}

function load(mujoco: Mujoco, source: Source, subject: string): MujocoModel {
  const meshes = new mujoco.MjVFS();
  try {
    for (const [name, path] of source.files) meshes.addBuffer(name, readMesh(path));
    return mujoco.MjModel.from_xml_string(source.xml, meshes);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const { where, why } = inItsOwnWords(cause instanceof Error ? cause.message : String(cause), source);
    throw new AgentError("model.corrupt", `${subject}: MuJoCo cannot compile it: ${why}${where}; ${remedyFor(why)}`, { cause });
  } finally {
    meshes.delete();
  }
}

const readMesh = (path: string): Uint8Array =>
  readPlainFile(path, { bytesMax: MESH_BYTES_MAX, code: "model.corrupt", remedy: "mend or simplify the mesh" });

/** MuJoCo's lines are those of the text that it was given. */
function inItsOwnWords(message: string, { places }: Source): { readonly where: string; readonly why: string } {
  const line = /\bline (\d+)/.exec(message)?.[1];
  const place = line === undefined ? undefined : places[Number(line) - 1];
  const why = message
    .replace(/MuJoCo Error: (Loading error: )?/, "")
    .replace(/^(XML )?Error: (Error: )?/, "")
    .replace(/,? id \d+/, "")
    .replace(/,? line \d+(, column \d+)?/, "")
    .replace(/\s+/g, " ")
    .trim();
  return { where: place ? ` (${place.file}:${place.line})` : "", why };
}

/** By what MuJoCo says; the last one fits everything. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/repeated name/, "names must differ: rename one of them"],
  [/unrecognized (attribute|element)|Schema violation/, "that is no MJCF of MuJoCo 3: correct the spelling, or leave it out"],
  [
    /parent or child missing|unrecognized name|unknown (body|joint|material|mesh|class|default)|not found/,
    "define what it refers to, or correct the name",
  ],
  [/repeated element/, "it may stand there once: leave one out"],
  [/unknown transmission/, "define the joint that it drives, or leave the actuator out"],
  [/multiple joints|multiple parents|two parents|more than one parent|cycle|loop/, "a link has one parent: leave one of the joints out"],
  [/required attribute|missing|must be|bad format|too much data|not enough data|keyword/, "add or correct that value"],
  [/range|limit/, "correct the joint's limits"],
  [/mesh|volume|faces/, "repair the mesh, or give its body an <inertial>"],
  [/mass|inertia/, "give the body an <inertial> that a body can have"],
];
const remedyFor = (why: string): string => REMEDIES.find(([pattern]) => pattern.test(why))?.[1] ?? "correct the file there";
