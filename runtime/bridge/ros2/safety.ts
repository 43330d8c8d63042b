/** What the vendor's own safety says: a value that forbids motion, a topic that fell silent, a speed scaling. Releasing it moves nothing by itself. */
import { NS_PER_MS, nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { RosSafetyConfig } from "./config.ts";
import type { RosNode } from "./node.ts";

export interface SafetyWatch {
  /** A message of the topic with this index in the configuration. */
  read(index: number, message: unknown, nowNs: bigint): void;
  /** Called at the stream's rate: silence is looked at here. */
  tick(nowNs: bigint): void;
  /** Why the arm may not move now, or null. */
  readonly forbids: string | null;
  /** The smallest of the speed scalings, 0 to 1. */
  readonly speedShare: number;
  /** Topics that have not been heard yet, for people. */
  missing(): readonly string[];
}

interface Heard {
  atNs: bigint | null;
  forbids: string | null;
  share: number;
}

/** Tells a fault whenever motion becomes forbidden. */
export function createSafetyWatch(topics: readonly RosSafetyConfig[], onFault: (error: AgentError) => void): SafetyWatch {
  const heard: readonly Heard[] = topics.map(() => ({ atNs: null, forbids: null, share: 1 }));
  const forbid = (source: Heard, why: string | null): void => {
    const isNew = why !== null && source.forbids === null;
    source.forbids = why;
    if (isNew) onFault(new AgentError("robot.aborted", `safety: ${why}; when the cause is gone, reset and start`));
  };
  return {
    read(index, message, nowNs) {
      const [config, source] = [topics[index]!, heard[index]!];
      source.atNs = nowNs;
      const value = fieldOf(message, config.field);
      if (config.means === "may-move") forbid(source, config.values.some((good) => good === value) ? null : says(config, value));
      else {
        source.share = typeof value === "number" && value > 0 ? Math.min(1, value / config.full) : 0;
        // A scaling of nothing is a stop: an agent that went on deciding would move by itself once it is lifted.
        forbid(source, source.share === 0 ? says(config, value) : null);
      }
    },
    tick(nowNs) {
      for (const [index, { topic, maxSilenceMs }] of topics.entries()) {
        const source = heard[index]!;
        if (maxSilenceMs === null || source.atNs === null || nowNs - source.atNs <= BigInt(Math.round(maxSilenceMs)) * NS_PER_MS) continue;
        forbid(source, `"${topic}" is silent for ${nsToMs(nowNs - source.atNs).toFixed(0)} ms, at most ${maxSilenceMs} ms`);
      }
    },
    get forbids() {
      return heard.find(({ forbids }) => forbids !== null)?.forbids ?? null;
    },
    get speedShare() {
      return Math.min(1, ...heard.map(({ share }) => share));
    },
    missing: () =>
      topics.filter((_, index) => heard[index]!.atNs === null).map(({ topic, type }) => `nothing on "${topic}" (${type}), a safety topic`),
  };
}

/** Subscribes to all of them; they speak to the process that holds the arm. */
export function openSafety(
  ros: RosNode,
  topics: readonly RosSafetyConfig[],
  nowNs: () => bigint,
  onFault: (error: AgentError) => void,
): SafetyWatch {
  const watch = createSafetyWatch(topics, onFault);
  for (const [index, { topic, type, latched }] of topics.entries())
    ros.subscribe(type, topic, latched ? "latched" : "sensor", (message) => watch.read(index, message, nowNs()));
  return watch;
}

const says = ({ topic, field }: RosSafetyConfig, value: unknown): string => `"${topic}" says ${field} = ${String(value)}`;

/** A 64-bit integer comes as a bigint and is compared as a number. */
function fieldOf(message: unknown, field: string): unknown {
  const value = field
    .split(".")
    .reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), message);
  return typeof value === "bigint" ? Number(value) : value;
}
