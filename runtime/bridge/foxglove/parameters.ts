/** What a client may read of the agent, and the little that it may set: never faster, never looser than the launch file. */
import type { Parameter } from "@foxglove/ws-protocol";
import { type AgeLimits, type Desk, PAYLOAD_KG_MAX, type ToolLimits } from "../../core/desk.ts";

export type Fact = number | string | boolean;

export interface ParameterOptions {
  readonly desk: Pick<Desk, "limitSpeed" | "limitTool" | "limitAges">;
  /** By which the desk knows whose speed it is. */
  readonly who: string;
  /** As the launch file says. */
  readonly limits: AgeLimits & ToolLimits;
  /** By name: what the launch file says and nobody may change while the agent runs. */
  readonly facts: Readonly<Record<string, Fact>>;
}

export interface Parameters {
  readonly names: ReadonlySet<string>;
  /** Those that exist of these names, all for none. */
  read(names: readonly string[]): Parameter[];
  /** Null when done, else why not. */
  set(name: string, value: unknown): string | null;
}

interface Settable {
  value: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  apply(value: number): void;
}

/** Settable: "speedShare" (share of every motion, unit-free, 0..1), "guards.maxToolSpeedMPerS" [m/s], "guards.payloadKg" [kg], "guards.maxObservationAgeMs" and "guards.maxPlanAgeMs" [ms]. */
export function createParameters({ desk, who, limits, facts }: ParameterOptions): Parameters {
  const age = (key: keyof AgeLimits): Settable => ({
    value: limits[key],
    min: 1,
    max: limits[key],
    unit: "ms, never more than the launch file's",
    apply: (value) => desk.limitAges(who, { [key]: value }),
  });
  const settable: Readonly<Record<string, Settable>> = {
    speedShare: { value: 1, min: 0, max: 1, unit: "share of every motion", apply: (value) => desk.limitSpeed(who, value) },
    "guards.maxToolSpeedMPerS": {
      ...{ value: limits.maxToolSpeedMPerS, min: 0.001, max: limits.maxToolSpeedMPerS },
      unit: "m/s, never more than the launch file's",
      apply: (maxToolSpeedMPerS) => desk.limitTool(who, { maxToolSpeedMPerS }),
    },
    "guards.payloadKg": {
      ...{ value: limits.payloadKg, min: limits.payloadKg, max: PAYLOAD_KG_MAX },
      unit: "kg, never less than the launch file's",
      apply: (payloadKg) => desk.limitTool(who, { payloadKg }),
    },
    "guards.maxObservationAgeMs": age("maxObservationAgeMs"),
    "guards.maxPlanAgeMs": age("maxPlanAgeMs"),
  };
  const values = (): Parameter[] => [
    ...Object.entries(settable).map(([name, { value }]) => ({ name, value, type: "float64" as const })),
    ...Object.entries(facts).map(([name, value]) => ({ name, value })),
  ];
  const names = new Set(values().map(({ name }) => name));
  return {
    names,
    read: (wanted) => values().filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
    set(name, value) {
      const entry = Object.hasOwn(settable, name) ? settable[name] : undefined;
      if (!entry) {
        const why = names.has(name) ? "is fixed by the launch file" : "does not exist";
        return `${name}: ${why}; ${Object.keys(settable).join(", ")} may be set`;
      }
      const { min, max, unit } = entry;
      if (typeof value !== "number" || !(value >= min && value <= max)) return `${name}: must be ${min} to ${max} (${unit})`;
      entry.apply(value);
      entry.value = value;
      return null;
    },
  };
}
