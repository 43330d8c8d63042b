/** Puts decisions together again from the messages that they were written as. */
import type { Segment } from "../../core/motion.ts";
import type { Plain } from "./exact.ts";
import { jsonOf } from "./read-sample.ts";
import { ours } from "./schemas.ts";
import { CHANNELS } from "./table.ts";

export interface ReadDecision {
  /** As `plain` writes it. */
  readonly decision: Plain;
  readonly segment: Segment | null;
}

export interface DecisionReader {
  /** The decision that this message completes; null for every other message. Throws SyntaxError or ZodError, and Error for a decision of which a part is missing. */
  add(topic: string, data: Uint8Array): ReadDecision | null;
}

interface Part {
  readonly index: Plain;
  readonly imaginedToolM?: Plain;
  readonly [key: string]: Plain | undefined;
}

const PARTS = ["latent", "plan", "costs", "verdict", "segment", "tick"] as const;
type PartName = (typeof PARTS)[number];
const byTopic = new Map<string, PartName>(PARTS.map((name) => [CHANNELS[name].topic, name]));

export function createDecisionReader(): DecisionReader {
  let parts: Partial<Record<PartName, Part>> = {};
  let segment: Segment | null = null;
  return {
    add(topic, data) {
      const name = byTopic.get(topic);
      if (!name) return null;
      const raw = jsonOf(data);
      const read = ours[CHANNELS[name].schema].parse(raw);
      parts[name] = raw as Part;
      if (name === "segment") segment = segmentOf(read as { index: number } & Segment);
      if (name !== "tick") return null;
      const complete = { decision: joined(parts), segment };
      parts = {};
      segment = null;
      return complete;
    },
  };
}

const segmentOf = ({ index: _, ...segment }: { index: number } & Segment): Segment => segment;

function joined(all: Partial<Record<PartName, Part>>): Plain {
  const { parts: wanted, timing: _, ...tick } = all.tick as Part & { readonly parts: readonly string[] };
  const of = (name: PartName): { readonly [key: string]: Plain } => {
    const part = all[name];
    if (part?.index !== tick.index) throw new Error(`decision ${tick.index} has no /${name} before its /tick`);
    const { index: __, ...content } = part;
    return content as { readonly [key: string]: Plain };
  };
  const has = (name: PartName): boolean => wanted.includes(name);
  const { cost, costTerms, ...measured } = of("costs");
  const { imaginedToolM = tick.imaginedToolM, ...plan } = has("plan") ? of("plan") : {};
  const imagined = imaginedToolM === undefined ? {} : { imaginedToolM };
  return {
    ...(tick as { readonly [key: string]: Plain }),
    ...of("latent"),
    ...of("verdict"),
    ...measured,
    ...imagined,
    plan: has("plan") ? ({ ...plan, cost, costTerms } as Plain) : null,
    segment: has("segment") ? of("segment") : null,
  };
}
