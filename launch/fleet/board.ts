/** What is known of each arm of a fleet, from what it says over MQTT: plain data for the page. */
import type { Told } from "../../runtime/bridge/mqtt/commander.ts";

/** unknown: it has said nothing yet; lost: the broker said so for it. */
export type Link = "unknown" | "online" | "offline" | "lost";

export interface Thumbnail {
  readonly jpeg: Buffer;
  /** Names the picture: another one is another number (count). */
  readonly count: number;
}

/** A row of the page. */
export interface ArmRow {
  readonly name: string;
  readonly link: Link;
  /** Empty before the first. */
  readonly agent: string;
  readonly task: string;
  readonly reason: string;
  /** Such as "reach (acting)". */
  readonly skill: string;
  readonly commands: string | null;
  /** The newest, in words; null for none. */
  readonly fault: string | null;
  /** When it came, time of day. */
  readonly faultAt: string | null;
  readonly decisions: number;
  readonly planMs: number | null;
  /** Number of the newest picture, null for none. */
  readonly picture: number | null;
}

export interface Board {
  readonly rows: readonly ArmRow[];
  take(told: Told): void;
  thumbnail(name: string): Thumbnail | null;
}

const LINKS = { ONLINE: "online", OFFLINE: "offline", CONNECTION_BROKEN: "lost" } as const;

/** Arms of other names are not listed. */
export function createBoard(names: readonly string[]): Board {
  const blank = { link: "unknown", agent: "", task: "", reason: "", skill: "", commands: null, fault: null, faultAt: null } as const;
  const rows = new Map<string, ArmRow>(names.map((name) => [name, { name, ...blank, decisions: 0, planMs: null, picture: null }]));
  const thumbnails = new Map<string, Thumbnail>();
  const changes = (told: Told): Partial<ArmRow> => {
    switch (told.topic) {
      case "connection":
        return { link: LINKS[told.body.state] };
      case "state": {
        const { agent, task, reason, skills, commands, faults } = told.body;
        const skill = skills.map(({ name, state }) => `${name} (${state})`).join(", ");
        return { agent, task, reason, skill, commands, fault: faults[0]?.message ?? null, faultAt: faults[0]?.timestamp ?? null };
      }
      case "telemetry": {
        const { counts, decision } = told.body;
        return { decisions: counts.decisions, planMs: decision?.planMs ?? null };
      }
      case "thumbnail": {
        const count = (thumbnails.get(told.robot)?.count ?? 0) + 1;
        thumbnails.set(told.robot, { jpeg: Buffer.from(told.body.jpegBase64, "base64"), count });
        return { picture: count };
      }
      default:
        return {};
    }
  };
  return {
    get rows() {
      return [...rows.values()];
    },
    take(told) {
      const row = rows.get(told.robot);
      if (row) rows.set(told.robot, { ...row, ...changes(told) });
    },
    thumbnail: (name) => thumbnails.get(name) ?? null,
  };
}
