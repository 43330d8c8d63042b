/** foresight_msgs/action/RunSkill, its goal read and checked: which skill, towards what, in how long. */
import type { CameraSpec, Frame } from "../../core/sensing.ts";
import type { Vec3 } from "../../core/vec3.ts";
import { fitPicture, imageParts, readImage } from "./image.ts";
import type { ImageMsg, Vector3Msg } from "./messages.ts";

export interface RunSkillGoalMsg {
  readonly skill: string;
  readonly goal_kind: string;
  readonly position_m: Vector3Msg;
  readonly images: readonly ImageMsg[];
  readonly timeout_s: number;
}

/** `launch`: the goal of the launch file. */
export type SkillGoal =
  | { readonly kind: "launch" }
  | { readonly kind: "here" }
  | { readonly kind: "tool" | "object"; readonly positionM: Vec3 }
  | { readonly kind: "image"; readonly frames: readonly Frame[] };

export type SkillGoalReading =
  | { readonly kind: "goal"; readonly skill: string; readonly goal: SkillGoal; readonly timeoutS: number | null }
  | { readonly kind: "refused"; readonly why: string };

const TIMEOUT_S_MAX = 3600;

/** Pictures are in the order of the cameras, of any size: they are fitted as the cameras' own. */
export function readSkillGoal(message: RunSkillGoalMsg, cameras: readonly CameraSpec[]): SkillGoalReading {
  const { skill, goal_kind: kind, position_m: at, timeout_s: timeoutS } = message;
  const refused = (why: string): SkillGoalReading => ({ kind: "refused", why });
  if (!(timeoutS >= 0 && timeoutS <= TIMEOUT_S_MAX)) return refused(`timeout_s is ${timeoutS}, must be 0 to ${TIMEOUT_S_MAX} s`);
  const read = (goal: SkillGoal): SkillGoalReading => ({ kind: "goal", skill, goal, timeoutS: timeoutS > 0 ? timeoutS : null });
  switch (kind) {
    case "":
      return read({ kind: "launch" });
    case "here":
      return read({ kind });
    case "tool":
    case "object":
      return [at.x, at.y, at.z].every(Number.isFinite)
        ? read({ kind, positionM: [at.x, at.y, at.z] })
        : refused(`position_m is (${at.x}, ${at.y}, ${at.z}), must be three numbers in metres`);
    case "image": {
      const frames = readFrames(message.images, cameras);
      return typeof frames === "string" ? refused(frames) : read({ kind, frames });
    }
    default:
      return refused(`goal_kind "${kind}" must be tool, object, image, here or empty`);
  }
}

function readFrames(images: readonly ImageMsg[], cameras: readonly CameraSpec[]): readonly Frame[] | string {
  if (images.length !== cameras.length)
    return `${images.length} images, must be one for each of ${cameras.map(({ name }) => name).join(", ")}, in this order`;
  const frames: Frame[] = [];
  for (const [index, spec] of cameras.entries()) {
    const reading = readImage(imageParts(images[index]!));
    if (reading.kind === "unreadable") return `image of camera "${spec.name}": ${reading.why}`;
    frames.push({ camera: spec.name, ...fitPicture(reading.picture, spec), stampNs: 0n, receivedNs: 0n });
  }
  return frames;
}
