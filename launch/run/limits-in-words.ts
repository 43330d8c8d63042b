/** The limits that hold for a run, a sentence each: what its report says, and the page may. */
import type { Blueprint } from "../blueprint.ts";
import { surpriseInWords } from "./heed-surprise.ts";
import type { Limited } from "./words.ts";

export function limitsOf({ config, spec, model }: Pick<Blueprint, "config" | "spec" | "model">): readonly string[] {
  const { workspace, keepOut, keepOutBalls, maxToolSpeedMPerS, payloadKg, contact, ...ages } = config.guards;
  const { velocityScale, accelerationScale, maxObservationAgeMs, maxPlanAgeMs } = ages;
  const share = (what: string, of: number): string => `${Math.round(of * 100)} % of its ${what}`;
  const zones = [...keepOut, ...keepOutBalls].map(({ name }) => `"${name}"`);
  return [
    `every joint of "${spec.name}" within its range, ${share("speed", velocityScale)} and ${share("acceleration", accelerationScale)}, its jerk and its torque, with ${payloadKg} kg at the tool`,
    `the tool within ${metres(workspace.minM)} to ${metres(workspace.maxM)}, ${workspace.tableClearanceM} m above the table at ${workspace.tableZM} m, at most ${maxToolSpeedMPerS} m/s`,
    `links 0.01 m apart and above the table${zones.length > 0 ? `, out of ${zones.join(", ")}` : ""}`,
    `observations at most ${maxObservationAgeMs} ms old, plans ${maxPlanAgeMs} ms`,
    contact
      ? `touched where a drive gives ${contact.torqueShare * 100} % of its torque more than its model explains: it stops and gives way`
      : "nobody looks for touch (guards.contact)",
    surpriseInWords({ config, model }),
  ];
}

/** What somebody asked for while it ran. */
export function askedInWords(asked: { readonly [Limit in keyof Limited["limits"]]?: number | undefined }): string {
  const { speedShare, maxToolSpeedMPerS, payloadKg, maxObservationAgeMs, maxPlanAgeMs } = asked;
  return [
    ...(speedShare === undefined ? [] : [`${Math.round(speedShare * 100)} % of every motion`]),
    ...(maxToolSpeedMPerS === undefined ? [] : [`tool at most ${maxToolSpeedMPerS} m/s`]),
    ...(payloadKg === undefined ? [] : [`${payloadKg} kg at the tool`]),
    ...(maxObservationAgeMs === undefined ? [] : [`observations at most ${maxObservationAgeMs} ms old`]),
    ...(maxPlanAgeMs === undefined ? [] : [`plans at most ${maxPlanAgeMs} ms old`]),
  ].join(", ");
}

const metres = (point: readonly number[]): string => `(${point.join(", ")}) m`;
