/** A path and a goal drawn into Gazebo's rendered scenes through its marker services: a string of beads and a ball, replaced by the next ones. */

import { secondsToNs } from "../../../core/clock.ts";
import { AgentError } from "../../../core/errors.ts";
import type { Vec3 } from "../../../core/vec3.ts";
import { MARKER_ACTION, MARKER_TYPE } from "../message-table.ts";
import type { GazeboInit } from "../message-types.ts";
import { durationOf, type GazeboArm } from "./arm.ts";

/** Of the scene that sensors see, offered by the Sensors plugin, and of the one that a GUI shows. */
const SCENES = ["/sensors/marker_array", "/marker_array"] as const;
const WITHIN_MS = 5000;
/** Simulated time after which a drawing that nobody renewed vanishes, so that the next episode's goal pictures do not show this one's. */
const LIFE_S = 1;
const BEADS = 16;
const BEAD_M = 0.01;
const GOAL_M = 0.03;
type Rgb = readonly [number, number, number];
/** 0..1 a channel. */
export const PATH_RGB: Rgb = [1, 0.75, 0.1];
export const GOAL_RGB: Rgb = [0.15, 0.85, 0.35];

/** At least two points, in the world, into every scene there is. Throws AgentError `bridge.timeout` when nobody offers to draw, `bridge.refused` when it is not taken. */
export async function drawPath({ node }: Pick<GazeboArm, "node">, pathM: readonly Vec3[], goalM: Vec3 | null): Promise<null> {
  const beads = beadsAlong(pathM).map((atM, index) => ball(index + 1, atM, BEAD_M, PATH_RGB));
  const marker = goalM ? [...beads, ball(BEADS + 1, goalM, GOAL_M, GOAL_RGB)] : beads;
  const offered = new Set(node.services().flatMap(({ name, partition }) => (partition === node.partition ? [name] : [])));
  const scenes = SCENES.filter((scene) => offered.has(scene));
  for (const scene of scenes.length > 0 ? scenes : SCENES.slice(0, 1)) {
    const { data } = await node.request(scene, "Marker_V", { marker }, "Boolean", WITHIN_MS, { repeatMs: 1000 });
    if (!data) throw new AgentError("bridge.refused", `Gazebo refused to draw on "${scene}"; look into its own log`);
  }
  return null;
}

/** Evenly along the path's own steps, both ends among them. */
function beadsAlong(pathM: readonly Vec3[]): readonly Vec3[] {
  return Array.from({ length: BEADS }, (_, bead) => {
    const at = (bead / (BEADS - 1)) * (pathM.length - 1);
    const index = Math.min(Math.floor(at), pathM.length - 2);
    const [from, to, share] = [pathM[index]!, pathM[index + 1]!, at - index];
    return [0, 1, 2].map((axis) => from[axis]! + share * (to[axis]! - from[axis]!)) as [number, number, number];
  });
}

function ball(id: number, [x, y, z]: Vec3, diameterM: number, [r, g, b]: Rgb): GazeboInit<"Marker"> {
  const colour = { r, g, b, a: 1 };
  return {
    action: MARKER_ACTION.addOrModify,
    ns: "foresight",
    id: BigInt(id), // Zero would be a new one each time.
    type: MARKER_TYPE.sphere,
    lifetime: durationOf(secondsToNs(LIFE_S)),
    pose: { position: { x, y, z }, orientation: { w: 1 } },
    scale: { x: diameterM, y: diameterM, z: diameterM },
    material: { ambient: colour, diffuse: colour, emissive: { r: r / 2, g: g / 2, b: b / 2, a: 1 } },
  };
}
