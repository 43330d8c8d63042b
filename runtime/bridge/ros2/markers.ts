/** What the agent imagines as visualization_msgs/MarkerArray for RViz: the path of the tool, the goal, the verdict of the guards. */
import type { Tick } from "../../core/tick.ts";
import type { Vec3 } from "../../core/vec3.ts";
import type { HeaderMsg } from "./messages.ts";

const TYPE = { sphere: 2, lineStrip: 4, text: 9 } as const;
const ADD = 0;
const DELETE = 2;
/** Markers of an agent that has ended do not stay, seconds. */
const LIFETIME_S = 2;
const COLOURS = {
  pass: { r: 0.1, g: 0.7, b: 0.3, a: 1 },
  clip: { r: 0.95, g: 0.6, b: 0.1, a: 1 },
  stop: { r: 0.85, g: 0.1, b: 0.1, a: 1 },
  goal: { r: 0.2, g: 0.4, b: 0.95, a: 0.6 },
} as const;

export interface MarkersOptions {
  readonly header: HeaderMsg;
  readonly tick: Pick<Tick, "decision">;
  /** Null where the goal is a picture. */
  readonly goalM: Vec3 | null;
}

/** In the robot's base frame, metres. */
export function toMarkers({ header, tick: { decision }, goalM }: MarkersOptions): { readonly markers: readonly object[] } {
  const { toolM, imaginedToolM, verdict, why } = decision;
  const path = [toolM, ...triples(imaginedToolM)].map(toPoint);
  const marker = (id: number, type: number, more: object): object => ({ ...marked(header, id), type, action: ADD, ...more });
  return {
    markers: [
      marker(0, TYPE.lineStrip, { scale: { x: 0.004, y: 0, z: 0 }, color: COLOURS[verdict], points: path }),
      marker(1, TYPE.text, {
        pose: poseAt([toolM[0], toolM[1], toolM[2] + 0.08]),
        scale: { x: 0, y: 0, z: 0.02 },
        color: COLOURS[verdict],
        text: [verdict, ...why].join(": ").slice(0, 200),
      }),
      goalM === null
        ? { ...marked(header, 2), type: TYPE.sphere, action: DELETE }
        : marker(2, TYPE.sphere, { pose: poseAt(goalM), scale: { x: 0.03, y: 0.03, z: 0.03 }, color: COLOURS.goal }),
    ],
  };
}

const toPoint = ([x, y, z]: Vec3) => ({ x, y, z });
const poseAt = (at: Vec3) => ({ position: toPoint(at), orientation: { x: 0, y: 0, z: 0, w: 1 } });
const marked = (header: HeaderMsg, id: number) => ({
  header,
  ns: "foresight",
  id,
  pose: poseAt([0, 0, 0]),
  lifetime: { sec: LIFETIME_S, nanosec: 0 },
  frame_locked: false,
});

function triples(values: Float32Array): readonly Vec3[] {
  return Array.from(
    { length: Math.floor(values.length / 3) },
    (_, step) => [values[3 * step]!, values[3 * step + 1]!, values[3 * step + 2]!] as const,
  );
}
