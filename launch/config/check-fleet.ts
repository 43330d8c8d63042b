/** What `fleet` must satisfy beyond its schema: its arms meet on a broker of ours, each in a world of its own. */
import { backendOf } from "../backends/registry.ts";
import type { Problem } from "./problem.ts";
import type { LaunchConfig } from "./schema.ts";

export function fleetProblems(config: LaunchConfig): readonly Problem[] {
  const { fleet, mqtt, record, state, foxglove } = config;
  if (!fleet) return [];
  const { onlyOne } = backendOf(config).facts;
  const shared = { record, state, foxglove } as const;
  return [
    ...(mqtt?.broker.kind === "embedded"
      ? []
      : [{ path: ["fleet"], message: "its arms meet on a broker of ours; give mqtt with broker.kind embedded" }]),
    ...(onlyOne === null || Object.keys(fleet.arms).length === 1
      ? []
      : [{ path: ["fleet", "arms"], message: `one arm and no more: ${onlyOne}` }]),
    ...Object.entries(shared).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [{ path: [key], message: "every arm of the fleet would use the same; give each its own under fleet.arms" }],
    ),
  ];
}
