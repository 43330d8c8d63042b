/** Who listens to a run because its launch file says so. */
import type { Tap } from "../../runtime/core/tap.ts";
import type { Blueprint } from "../blueprint.ts";
import { openPageTap } from "./page-tap.ts";
import { openRecorderTap } from "./recorder-tap.ts";
import type { OpenTap, RunIo, RunReport } from "./words.ts";

export function launchTaps(blueprint: Blueprint, mode: RunReport["mode"], io: RunIo): readonly OpenTap[] {
  const { config } = blueprint;
  const { record } = config;
  return [
    ...(config.dashboard.enabled ? [(party: Parameters<OpenTap>[0]) => openPageTap(config, party, io.say)] : []),
    ...(record !== undefined && mode !== "replay" ? [() => openRecorderTap(record, blueprint, mode, io)] : []),
  ];
}

/** Opens them in order; those that are open are closed when one cannot be. */
export async function openTaps(openers: readonly OpenTap[], party: Parameters<OpenTap>[0]): Promise<readonly Tap[]> {
  const taps: Tap[] = [];
  try {
    for (const open of openers) taps.push(await open(party));
    return taps;
  } catch (error) {
    for (const tap of taps) await tap.close?.();
    throw error;
  }
}
