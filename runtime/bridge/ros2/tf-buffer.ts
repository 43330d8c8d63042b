/** Transforms between frames as /tf and /tf_static tell them: a bounded memory, and the way from one frame to another at a time. */
import { AgentError } from "../../core/errors.ts";
import type { Vec3 } from "../../core/vec3.ts";
import type { TransformStampedMsg } from "./messages.ts";
import { fromTimeMsg } from "./time.ts";

/** A rigid motion; the quaternion is x, y, z, w, of length 1. Maps points of the child frame into the parent's. */
export interface Transform {
  readonly translationM: Vec3;
  readonly rotation: readonly [number, number, number, number];
}

export interface TfBuffer {
  add(transforms: readonly TransformStampedMsg[], isStatic: boolean): void;
  /** Maps points of `source` into `target` at a ROS time, null for the newest; throws AgentError `bridge.mismatch` that says what is missing. */
  lookup(target: string, source: string, rosNs: bigint | null): Transform;
}

interface Entry extends Transform {
  readonly stampNs: bigint;
}

interface Link {
  readonly parent: string;
  readonly isStatic: boolean;
  readonly history: Entry[];
}

const HISTORY_MAX = 500;
const FRAMES_MAX = 1000;
/** A chain longer than this is a loop. */
const CHAIN_MAX = 100;

export function createTfBuffer(): TfBuffer {
  const links = new Map<string, Link>();
  const chain = (frame: string): readonly string[] => {
    const frames = [frame];
    for (let link = links.get(frame); link && frames.length < CHAIN_MAX; link = links.get(link.parent)) frames.push(link.parent);
    return frames;
  };
  const toAncestor = (frame: string, ancestor: string, rosNs: bigint | null): Transform => {
    let transform = IDENTITY;
    for (let at = frame; at !== ancestor; at = links.get(at)!.parent) transform = compose(entryAt(at, links.get(at)!, rosNs), transform);
    return transform;
  };
  return {
    add(transforms, isStatic) {
      for (const message of transforms) {
        const child = bare(message.child_frame_id);
        const parent = bare(message.header.frame_id);
        const known = links.get(child);
        if (!known && links.size >= FRAMES_MAX) continue;
        const link: Link = known && known.parent === parent && known.isStatic === isStatic ? known : { parent, isStatic, history: [] };
        links.set(child, link);
        insert(link.history, toEntry(message), isStatic ? 1 : HISTORY_MAX);
      }
    },
    lookup(target, source, rosNs) {
      const [to, from] = [bare(target), bare(source)];
      const [toChain, fromChain] = [chain(to), chain(from)];
      const meeting = fromChain.find((frame) => toChain.includes(frame));
      if (meeting === undefined || (to !== from && !links.has(to) && !links.has(from)))
        throw new AgentError(
          "bridge.mismatch",
          `tf: no way from frame "${from}" to "${to}"; known are ${[...links.keys()].slice(0, 20).join(", ") || "none"}: is the robot_state_publisher running?`,
        );
      return compose(inverse(toAncestor(to, meeting, rosNs)), toAncestor(from, meeting, rosNs));
    },
  };
}

const bare = (frame: string): string => frame.replace(/^\//, "");

function toEntry({ header, transform: { translation, rotation } }: TransformStampedMsg): Entry {
  const length = Math.hypot(rotation.x, rotation.y, rotation.z, rotation.w) || 1;
  return {
    stampNs: fromTimeMsg(header.stamp),
    translationM: [translation.x, translation.y, translation.z],
    rotation: [rotation.x / length, rotation.y / length, rotation.z / length, rotation.w / length],
  };
}

/** Keeps the history in order of stamps; one that came late finds its place. */
function insert(history: Entry[], entry: Entry, countMax: number): void {
  const after = history.findLastIndex(({ stampNs }) => stampNs <= entry.stampNs);
  if (history[after]?.stampNs === entry.stampNs) history[after] = entry;
  else history.splice(after + 1, 0, entry);
  if (history.length > countMax) history.splice(0, history.length - countMax);
}

function entryAt(frame: string, { isStatic, history }: Link, rosNs: bigint | null): Transform {
  const newest = history.at(-1)!;
  if (isStatic || rosNs === null || rosNs === newest.stampNs) return newest;
  const next = history.findIndex(({ stampNs }) => stampNs >= rosNs);
  if (next === -1 || (next === 0 && history[0]!.stampNs !== rosNs)) {
    const awayMs = Number(next === -1 ? rosNs - newest.stampNs : history[0]!.stampNs - rosNs) / 1e6;
    throw new AgentError(
      "bridge.mismatch",
      `tf: frame "${frame}" is known ${next === -1 ? "until" : "from"} ${awayMs.toFixed(1)} ms ${next === -1 ? "before" : "after"} the time asked for; wait, or ask for the newest`,
    );
  }
  if (history[next]!.stampNs === rosNs) return history[next]!;
  const [before, after] = [history[next - 1]!, history[next]!];
  return between(before, after, Number(rosNs - before.stampNs) / Number(after.stampNs - before.stampNs));
}

type Quaternion = Transform["rotation"];
const IDENTITY: Transform = { translationM: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** `outer` after `inner`. */
export function compose(outer: Transform, inner: Transform): Transform {
  const [x, y, z] = rotate(outer.rotation, inner.translationM);
  const [ox, oy, oz] = outer.translationM;
  return { translationM: [ox + x, oy + y, oz + z], rotation: multiply(outer.rotation, inner.rotation) };
}

/** A point of the child frame in the parent frame, metres. */
export function transformPoint({ translationM: [tx, ty, tz], rotation }: Transform, pointM: Vec3): Vec3 {
  const [x, y, z] = rotate(rotation, pointM);
  return [tx + x, ty + y, tz + z];
}

export function inverse({ translationM, rotation: [x, y, z, w] }: Transform): Transform {
  const back: Quaternion = [-x, -y, -z, w];
  const [tx, ty, tz] = rotate(back, translationM);
  return { translationM: [-tx, -ty, -tz], rotation: back };
}

function multiply([ax, ay, az, aw]: Quaternion, [bx, by, bz, bw]: Quaternion): Quaternion {
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

function rotate([x, y, z, w]: Quaternion, [px, py, pz]: Vec3): Vec3 {
  const [cx, cy, cz] = [y * pz - z * py + w * px, z * px - x * pz + w * py, x * py - y * px + w * pz];
  return [px + 2 * (y * cz - z * cy), py + 2 * (z * cx - x * cz), pz + 2 * (x * cy - y * cx)];
}

/** Straight for the place, along the great circle for the rotation. */
function between(a: Transform, b: Transform, share: number): Transform {
  const mix = (from: number, to: number): number => from + share * (to - from);
  const [ax, ay, az] = a.translationM;
  const [bx, by, bz] = b.translationM;
  return { translationM: [mix(ax, bx), mix(ay, by), mix(az, bz)], rotation: slerp(a.rotation, b.rotation, share) };
}

function slerp(a: Quaternion, b: Quaternion, share: number): Quaternion {
  const dot = a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  const [fa, fb] =
    angle < 1e-6
      ? [1 - share, share * sign]
      : [Math.sin((1 - share) * angle) / Math.sin(angle), (sign * Math.sin(share * angle)) / Math.sin(angle)];
  const [x, y, z, w] = a.map((value, index) => fa * value + fb * b[index]!) as [number, number, number, number];
  return [x, y, z, w];
}
