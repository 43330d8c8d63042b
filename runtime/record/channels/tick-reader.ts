/** Puts a Tick together again from the messages of a decision, for whoever looks at it. */
import type { Segment } from "../../core/motion.ts";
import type { Plan } from "../../core/planning.ts";
import type { Measures } from "../../core/skill.ts";
import type { Tick } from "../../core/tick.ts";
import { jsonOf } from "./read-sample.ts";
import { ours } from "./schemas.ts";
import { CHANNELS } from "./table.ts";

export interface TickReader {
  /** The Tick that this message completes; null for every other message. Throws SyntaxError or ZodError, and Error for a decision of which a part is missing. */
  add(topic: string, data: Uint8Array): Tick | null;
}

const PARTS = ["latent", "plan", "costs", "verdict", "segment", "tick"] as const;
type PartName = (typeof PARTS)[number];
const byTopic = new Map<string, PartName>(PARTS.map((name) => [CHANNELS[name].topic, name]));

/** The messages of which a Tick is made. */
export const TICK_TOPICS: readonly string[] = [...byTopic.keys()];

const NONE = new Float32Array(0);

export function createTickReader(): TickReader {
  let parts = new Map<PartName, unknown>();
  return {
    add(topic, data) {
      const name = byTopic.get(topic);
      if (!name) return null;
      parts.set(name, ours[CHANNELS[name].schema].parse(jsonOf(data)));
      if (name !== "tick") return null;
      const whole = parts;
      parts = new Map();
      return joined(whole);
    },
  };
}

/** As the schemas above read it: every list of numbers is a Float64Array. */
interface Read {
  readonly index: number;
  readonly [key: string]: unknown;
}

function joined(parts: ReadonlyMap<PartName, unknown>): Tick {
  const tick = parts.get("tick") as Read & { readonly parts: readonly string[]; readonly timing: Tick["timing"] };
  const of = (name: PartName): Read => {
    const part = parts.get(name) as Read | undefined;
    if (part?.index !== tick.index) throw new Error(`decision ${tick.index} has no /${name} before its /tick`);
    return part;
  };
  const has = (name: PartName): boolean => tick.parts.includes(name);
  const plan = has("plan") ? of("plan") : null;
  const costs = of("costs");
  const { verdict, why } = of("verdict");
  const decision = {
    ...{ index: tick.index, stampNs: tick["stampNs"], jointsRad: tick["jointsRad"], toolM: tick["toolM"] },
    ...{ latent: has("latent") ? floats(of("latent")["latent"]) : NONE, action: floats(tick["action"]), verdict, why },
    plan: plan && planOf(plan, costs),
    segment: has("segment") ? segmentOf(of("segment")) : null,
    executedAction: floats(tick["executedAction"]),
    imaginedToolM: floats((plan ?? tick)["imaginedToolM"]),
    measures: costs["measures"] as Measures,
    surprise: tick["surprise"] ?? null,
  };
  return { decision: decision as Tick["decision"], timing: tick.timing };
}

const segmentOf = ({ index: _, ...segment }: Read): Segment => segment as unknown as Segment;

const planOf = (plan: Read, { cost, costTerms }: Read): Plan =>
  ({
    ...{ horizon: plan["horizon"], actions: floats(plan["actions"]), predicted: floats(plan["predicted"]), cost, costTerms },
    ...{ violation: plan["violation"], stats: plan["stats"] },
    ...(plan["subgoal"] === undefined ? {} : { subgoal: floats(plan["subgoal"]) }),
    ...(plan["subgoalDecisions"] === undefined ? {} : { subgoalDecisions: plan["subgoalDecisions"] }),
    ...(plan["decider"] === undefined ? {} : { decider: plan["decider"] }),
  }) as Plan;

const floats = (values: unknown): Float32Array => (values === undefined ? NONE : Float32Array.from(values as ArrayLike<number>));
