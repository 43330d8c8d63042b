/** Who listens to a run because its launch file says so. */
import type { Tap } from "../../runtime/core/tap.ts";
import type { Blueprint } from "../blueprint.ts";
import { usualRecord } from "../config/schema-record.ts";
import { openFoxgloveTap } from "./foxglove-tap.ts";
import { openMqttTap } from "./mqtt-tap.ts";
import type { openOnDemandTap } from "./on-demand-tap.ts";
import { openPageTap } from "./page-tap.ts";
import type { openRecorderTap } from "./recorder-tap.ts";
import type { OpenTap, Party, RunIo, RunReport } from "./words.ts";

export function launchTaps(blueprint: Blueprint, mode: RunReport["mode"], io: RunIo): readonly OpenTap[] {
  const { config } = blueprint;
  const { mqtt, foxglove, record = usualRecord } = config;
  const { folder } = record;
  const isRecordable = mode !== "replay";
  return [
    ...(isRecordable && folder !== null && isAsked(config)
      ? [(party: Party) => onDemandTap({ ...record, folder }, blueprint, mode, party, io)]
      : []),
    ...(config.dashboard.enabled ? [(party: Party) => openPageTap(blueprint, party, io.say)] : []),
    ...(mqtt === undefined ? [] : [(party: Party) => openMqttTap(blueprint, mqtt, party, io.say)]),
    ...(foxglove === undefined ? [] : [(party: Party) => openFoxgloveTap(blueprint, foxglove, mode, party, io)]),
    ...(isRecordable && (record.file !== undefined || record.last !== undefined)
      ? [(party: Party) => recorderTap(record, blueprint, mode, party, io)]
      : []),
  ];
}

/** Loads what the launch file's listeners need, before there is a robot: loading keeps this thread busy, and a keeper takes a silent agent for lost. */
export async function loadListeners(config: Blueprint["config"]): Promise<void> {
  if (config.mqtt) await import("../../runtime/bridge/mqtt/open-mqtt-bridge.ts");
  if (config.foxglove) await import("../../runtime/bridge/foxglove/bridge.ts");
  if (config.record) await import("./recorder-tap.ts");
  if (isAsked(config)) await import("./on-demand-tap.ts");
}

/** Somebody is there who may ask for a recording. */
const isAsked = ({ dashboard, mqtt, foxglove }: Blueprint["config"]): boolean =>
  dashboard.enabled || mqtt !== undefined || foxglove !== undefined;

/** Their packages are loaded only now. */
const recorderTap: typeof openRecorderTap = async (...args) => (await import("./recorder-tap.ts")).openRecorderTap(...args);
const onDemandTap = async (...args: Parameters<typeof openOnDemandTap>): Promise<Tap> =>
  (await import("./on-demand-tap.ts")).openOnDemandTap(...args);

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
