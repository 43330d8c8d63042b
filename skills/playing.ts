/** What the scripted play of several skills shares: it is laid out for a table straight ahead, wherever the table stands. */
import { along, type ScriptedPlayer, type Sight } from "../runtime/core/play.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import { tableFrame } from "../runtime/core/table.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";

/** A player of the layout's frame, as one of the base frame. */
export function onTable({ table }: SceneSpec, player: ScriptedPlayer): ScriptedPlayer {
  const frame = tableFrame(table);
  return (sight) => {
    const { x = 0, y = 0, z = 0, ...rest } = player(inLayout(sight, frame.fromBase));
    return { ...along(frame.turnToBase([x, y, z])), ...rest };
  };
}

const inLayout = ({ toolM, objects, ...rest }: Sight, fromBase: (placeM: Vec3) => Vec3): Sight => ({
  ...rest,
  toolM: fromBase(toolM),
  objects: Object.fromEntries(Object.entries(objects).map(([name, pose]) => [name, { ...pose, positionM: fromBase(pose.positionM) }])),
});

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
export const clampUnit = (value: number): number => clamp(value, -1, 1);
