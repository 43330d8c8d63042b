/** `foresight describe`: from an arm's URDF or MJCF to a launch file that check takes, and a picture of what is proposed. */
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { type Proposal, proposeDescription } from "../../robots/described/propose/description.ts";
import { describedRobot } from "../../robots/described/robot.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { defaultObject, defaultScene, type SceneObject } from "../../runtime/core/scene.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { gripperText } from "../check/arm-facts.ts";
import { proposeArea } from "./area.ts";
import { proposeCameras } from "./cameras.ts";
import { drawArm } from "./draw.ts";
import { launchText, type Proposed, someOf } from "./launch-text.ts";

/** Where launch file and picture belong: beside the arm's file, or where `out` says. */
export interface DescribedPaths {
  readonly launchPath: string;
  readonly picturePath: string;
}

export function describedPaths(file: string, out?: string): DescribedPaths {
  const launchPath = resolve(out ?? join(dirname(file), `${basename(file, extname(file))}.launch.yaml`));
  return { launchPath, picturePath: `${launchPath.replace(/(\.launch)?\.ya?ml$/, "")}.png` };
}

export interface Described extends DescribedPaths {
  readonly launch: string;
  readonly picture: Uint8Array;
  /** For people, a line each. */
  readonly said: readonly string[];
}

/** Writes nothing. Throws AgentErrors of the file, and `launch.invalid` where no arm, posture or work area is found in it. */
export async function describeFile(file: string, options: { readonly tool?: string; readonly out?: string } = {}): Promise<Described> {
  const { launchPath, picturePath } = describedPaths(file, options.out);
  const proposal = await proposeDescription(resolve(file), options.tool);
  const { description, spec, place } = await withArea(proposal);
  const cameras = proposeCameras(place);
  const proposed: Proposed = { ...proposal, description, place, cameras };
  const fromLaunch = relative(dirname(launchPath), resolve(file));
  const { area, tableSurfaceM, cubeEdgeM } = place;
  const cube: SceneObject = { ...defaultObject, shape: { kind: "box", sizeM: [cubeEdgeM, cubeEdgeM, cubeEdgeM] } };
  const scene = { ...defaultScene, area, tableSurfaceM, objects: { cube } };
  return {
    launchPath,
    picturePath,
    launch: launchText(proposed, fromLaunch.startsWith(".") ? fromLaunch : `./${fromLaunch}`),
    picture: await drawArm(spec, scene, cameras),
    said: summary(proposed),
  };
}

/** At the first rest posture around which the arm reaches a box. */
async function withArea({ description, alternatives }: Proposal) {
  for (const each of [description, ...alternatives]) {
    const spec = await describedRobot(each);
    using kinematics = await createKinematics(spec);
    const place = proposeArea(kinematics, kinematics.toolAt(spec.homeRad));
    if (place) return { description: each, spec, place };
  }
  throw new AgentError(
    "launch.invalid",
    `${description.file}: the tool points down in ${alternatives.length + 1} postures, and the arm reaches no box around any of them pointing down; another link or site may: --tool NAME`,
  );
}

function summary({
  description: { name, joints, tool, base, gripper },
  reasons,
  standing,
  others,
  place: { area },
}: Proposed): readonly string[] {
  return [
    `arm      ${name}: ${joints.map((joint) => joint.name).join(", ")}`,
    `tool     ${"site" in tool ? `site "${tool.site}"` : `link "${tool.link}"`}`,
    ...(base ? [`base     ${base.link ?? "the file's own"}, turned by ${base.yawRad.toFixed(2)} rad`] : []),
    ...(gripper ? [`gripper  ${gripperText(gripper)}`] : []),
    ...(standing.length > 0 ? [`gripper  none: ${reasons["gripper"]}; ${someOf(standing)} stand still`] : []),
    ...(others.length > 0 ? [`others   ${others.join(", ")}; --tool NAME takes one of them`] : []),
    `area     x ${area.xM.join(" to ")}, y ${area.yM.join(" to ")}, height ${area.heightM.join(" to ")} m`,
  ];
}
