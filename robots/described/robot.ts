/** Any arm from its own URDF or MJCF and what a launch file says about it: a RobotSpec whose model is written to a file of its own. */
import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { makeFolder, replaceFile } from "../../runtime/core/own-files.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { loadMujoco } from "../../runtime/kinematics/mujoco.ts";
import { type Arm, armFrom } from "./arm.ts";
import { armXml, TOOL_SITE } from "./arm-xml.ts";
import { jointSpec, type RobotDescription } from "./description.ts";
import { gripperSpec } from "./gripper.ts";
import { restProblems } from "./rest.ts";
import { sizeServos } from "./servos.ts";
import { compileSource } from "./source/compile.ts";
import { readSource } from "./source/read-source.ts";

/** Where the written models are kept, by what is in them. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "foresight", "robots");

/** Throws AgentError `model.missing`, `model.corrupt`, or `launch.invalid` with everything in which description and file do not fit. */
export async function describedRobot(description: RobotDescription, cache = CACHE): Promise<RobotSpec> {
  const mujoco = await loadMujoco();
  const arm = await describedArm(description);
  const servos = sizeServos(mujoco, armXml(description, arm, []), description.joints);
  const spec = specOf(description, write(cache, description.name, armXml(description, arm, servos)));
  refuse(description, await restProblems(spec));
  return spec;
}

/** The arm without servos, wherever it rests: for looking for a rest posture. Throws as `describedRobot`, but for the rest posture. */
export async function looseRobot(description: RobotDescription, cache = CACHE): Promise<RobotSpec> {
  return specOf(description, write(cache, description.name, armXml(description, await describedArm(description), [])));
}

/** The arm that a description and its file make, before it is written. Throws as `describedRobot`. */
export async function describedArm(description: RobotDescription): Promise<Arm> {
  const subject = `robot "${description.name}"`;
  const source = inItsName(subject, () => readSource(description.file));
  const { arm, misfits, faults } = armFrom(
    description,
    compileSource(await loadMujoco(), source, `${subject}: ${description.file}`),
    source,
  );
  refuse(description, misfits);
  if (faults.length > 0)
    throw new AgentError("model.corrupt", `${subject}: ${description.file} cannot be simulated:\n  ${faults.join("\n  ")}`);
  return arm;
}

/** Errors of files say whose they are. */
function inItsName<T>(subject: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, `${subject}: ${error.message}`, { cause: error });
  }
}

const specOf = ({ name, file, joints, gripper }: RobotDescription, modelPath: string): RobotSpec => ({
  name,
  source: `launch file, held against ${basename(file)}`,
  joints: joints.map(jointSpec),
  homeRad: joints.map(({ homeRad }) => homeRad),
  modelPath,
  toolSite: TOOL_SITE,
  ...(gripper && { gripper: gripperSpec(gripper) }),
});

function refuse({ name, file }: RobotDescription, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  robot.${problem}`).join("\n");
  throw new AgentError("launch.invalid", `robot "${name}" and ${file} have ${count}:\n${lines}`);
}

/** The same text is the same file; a process that reads it never sees half of it. */
function write(cache: string, name: string, xml: string): string {
  const path = join(cache, `${name}-${createHash("sha256").update(xml).digest("hex").slice(0, 16)}.xml`);
  if (existsSync(path)) return path;
  try {
    makeFolder(cache);
    const own = `${path}.${process.pid}`; // Another process may write the same.
    replaceFile(own, xml);
    renameSync(own, path);
    return path;
  } catch (cause) {
    const remedy = "free some space there, or set XDG_CACHE_HOME to a folder that can be written to";
    throw new AgentError("launch.invalid", `robot "${name}": its model could not be written to ${cache} (${faultOf(cause)}); ${remedy}`, {
      cause,
    });
  }
}
