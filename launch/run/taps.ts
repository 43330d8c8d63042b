/** Who listens to a run because its launch file says so. */
import type { Tap } from "../../runtime/core/tap.ts";
import type { Blueprint } from "../blueprint.ts";
import { openFoxgloveTap } from "./foxglove-tap.ts";
import { openMqttTap } from "./mqtt-tap.ts";
import { openPageTap } from "./page-tap.ts";
import type { openRecorderTap } from "./recorder-tap.ts";
import type { OpenTap, Party, RunIo, RunReport } from "./words.ts";

export function launchTaps(blueprint: Blueprint, mode: RunReport["mode"], io: RunIo): readonly OpenTap[] {
  const { config } = blueprint;
  const { record, mqtt, foxglove } = config;
  return [
    ...(config.dashboard.enabled ? [(party: Party) => openPageTap(blueprint, party, io.say)] : []),
    ...(mqtt === undefined ? [] : [(party: Party) => openMqttTap(blueprint, mqtt, party, io.say)]),
    ...(foxglove === undefined ? [] : [(party: Party) => openFoxgloveTap(blueprint, foxglove, mode, party, io)]),
    ...(record !== undefined && mode !== "replay" ? [(party: Party) => recorderTap(record, blueprint, mode, party, io)] : []),
  ];
}

/** Loads what the launch file's listeners need, before there is a robot: loading keeps this thread busy, and a keeper takes a silent agent for lost. */
export async function loadListeners({ mqtt, foxglove, record }: Blueprint["config"]): Promise<void> {
  if (mqtt) await import("../../runtime/bridge/mqtt/open-mqtt-bridge.ts");
  if (foxglove) await import("../../runtime/bridge/foxglove/bridge.ts");
  if (record) await import("./recorder-tap.ts");
}

/** Its packages are loaded only now. */
const recorderTap: typeof openRecorderTap = async (...args) => (await import("./recorder-tap.ts")).openRecorderTap(...args);

/** Opens them in order; those that are open are closed when one cannot be. */
export async function openTaps(openers: readonly OpenTap[], party: Party): Promise<readonly Tap[]> {
  const taps: Tap[] = [];
  try {
    for (const open of openers) taps.push(await open(party));
    return taps;
  } catch (error) {
    for (const tap of taps) await tap.close?.();
    throw error;
  }
}
