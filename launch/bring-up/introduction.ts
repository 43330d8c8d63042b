/** What an arm behind ROS 2 says of itself, once: its description against the limits of the spec, and its cameras' own descriptions. */
import { type OneTime, TELLING_MS_MAX } from "../../runtime/bridge/ros2/one-time.ts";
import type { JointSpec } from "../../runtime/core/robot.ts";
import { type Finding, wrong } from "./finding.ts";
import { compareLimits, urdfLimits } from "./urdf-limits.ts";

/** `names` are ROS's, in the order of the joints. Throws AgentError `bridge.mismatch` for what is no description. */
export function limitFindings(joints: readonly JointSpec[], names: readonly string[], description: OneTime<string>): readonly Finding[] {
  const subject = "limits";
  if (description.state !== "told") return [untold(subject, "robot_description", description, "only the spec's own limits are known")];
  const problems = compareLimits(joints, names, urdfLimits(description.value, names));
  if (problems.length === 0) return [{ subject, verdict: "ok", found: "the spec's are within the robot's own" }];
  return problems.map((found) => wrong(subject, found));
}

/** What a camera's description has against the launch file, by camera. */
export type CameraInfos = Readonly<Record<string, { readonly topic: string; readonly info: OneTime<readonly string[]> }>>;

export function cameraFindings(infos: CameraInfos): readonly Finding[] {
  return Object.entries(infos).flatMap(([camera, { topic, info }]): readonly Finding[] => {
    const subject = `camera "${camera}"`;
    if (info.state !== "told") return [untold(subject, topic, info, "its lens and size are only what the launch file says")];
    return info.value.map((found) => wrong(subject, found));
  });
}

/** Somebody publishes it and nothing came: something is wrong there, and what it would have said may be too. */
function untold(subject: string, topic: string, { state }: Exclude<OneTime<unknown>, { state: "told" }>, so: string): Finding {
  if (state === "absent") return { subject, verdict: "warning", found: `nobody publishes "${topic}", so ${so}` };
  const found = `"${topic}" is published, but nothing came within ${TELLING_MS_MAX / 1000} s, so ${so}; look at who publishes it and at its QoS, and try again`;
  return wrong(subject, found);
}
