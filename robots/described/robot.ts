/** Any arm from its own URDF or MJCF and what a launch file says about it: a RobotSpec whose model is written to a file of its own. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { type CompiledModel, readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { loadMujoco, type Mujoco } from "../../runtime/kinematics/mujoco.ts";
import { armXml, TOOL_SITE } from "./arm-xml.ts";
import type { RobotDescription } from "./description.ts";
import { fitProblems } from "./fit.ts";
import { restProblems } from "./rest.ts";
import { sizeServos } from "./servos.ts";
import { sourceText } from "./source-text.ts";

/** Where the written models are kept, by what is in them. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "foresight", "robots");

/** Throws AgentError `model.missing`, `model.corrupt`, or `launch.invalid` with everything in which description and file do not fit. */
export async function describedRobot(description: RobotDescription, cache = CACHE): Promise<RobotSpec> {
  const mujoco = await loadMujoco();
  const source = sourceText(read(description), description.file);
  const model = compile(mujoco, source.xml, description);
  refuse(description, fitProblems(description, model, source.limits));
  const servos = sizeServos(mujoco, armXml(description, model, []), description.joints);
  const spec: RobotSpec = {
    name: description.name,
    source: `launch file, held against ${basename(description.file)}`,
    joints: description.joints.map(({ homeRad: _, ...joint }) => joint),
    homeRad: description.joints.map(({ homeRad }) => homeRad),
    modelPath: write(cache, description.name, armXml(description, model, servos)),
    toolSite: TOOL_SITE,
  };
  refuse(description, await restProblems(spec));
  return spec;
}

function refuse({ name, file }: RobotDescription, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  robot.${problem}`).join("\n");
  throw new AgentError("launch.invalid", `robot "${name}" and ${file} have ${count}:\n${lines}`);
}

function read({ name, file }: RobotDescription): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AgentError("model.missing", `robot "${name}": cannot read ${file}; correct robot.file`, { cause });
  }
}

function compile(mujoco: Mujoco, xml: string, { name, file }: RobotDescription): CompiledModel {
  try {
    const model = mujoco.MjModel.from_xml_string(xml);
    try {
      return readCompiledModel(mujoco, model);
    } finally {
      model.delete();
    }
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
    const remedy = "shapes made of meshes are left out, so every link that moves needs mass and inertia of its own";
    throw new AgentError("model.corrupt", `robot "${name}": MuJoCo cannot compile ${file}: ${why}; ${remedy}`, { cause });
  }
}

/** The same text is the same file; a process that reads it never sees half of it. */
function write(cache: string, name: string, xml: string): string {
  const path = join(cache, `${name}-${createHash("sha256").update(xml).digest("hex").slice(0, 16)}.xml`);
  mkdirSync(cache, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, xml);
  renameSync(draft, path);
  return path;
}
