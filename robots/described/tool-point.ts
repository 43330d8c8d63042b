/** Where an arm's tool is: on which link, and how it stands in that link's frame. */
import type { CompiledModel, Frame } from "../../runtime/kinematics/compiled-model.ts";
import { bodyNamed, bodyOfSite } from "./chain.ts";
import type { RobotDescription } from "./description.ts";
import { turnOf, within } from "./frames.ts";

export interface ToolPoint extends Frame {
  readonly body: number;
}

/** Null where link or site are not in the file. */
export function toolPoint({ tool }: RobotDescription, model: CompiledModel): ToolPoint | null {
  const own: Frame = { positionM: tool.offsetM, quaternion: turnOf(tool.turnRad) };
  const body = "site" in tool ? bodyOfSite(model, tool.site) : bodyNamed(model, tool.link);
  if (body < 0) return null;
  const at = "site" in tool ? model.bodies[body]!.sites.find(({ name }) => name === tool.site) : undefined;
  return { body, ...(at ? within(at, own) : own) };
}
