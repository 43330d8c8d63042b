/** `foresight data from-recordings`: what a fleet of arms went through becomes a data set; each shard says which arm, which recording and which model it is of. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, readSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { openBody } from "../../runtime/assemble/body.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { displacementAxes } from "../../runtime/core/model.ts";
import { openPlainFile } from "../../runtime/core/plain-file.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { claimFolder, type DatasetMeta, lockDataset, ShardWriter } from "../../runtime/learn/dataset-writer.ts";
import type { ShardSource } from "../../runtime/learn/shard-seal.ts";
import type { RunRecording } from "../../runtime/record/reading.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { backendOf } from "../backends/registry.ts";
import { robotOf, scaled, sharesOf } from "../compose.ts";
import { configAsRecorded } from "../config/recorded-config.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { metaOf } from "./play/setup.ts";
import { recordedRows } from "./recorded-rows.ts";

export interface FromRecordingsFlags {
  readonly recordings: readonly string[];
  readonly out: string;
  readonly productVersion: string;
}

export interface FromRecordingsIo {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** 12 s, as in play. */
const EPISODE_ROWS = 60;
const EPISODES_A_SHARD_MAX = 10_000;

/** Says what was made; recordings that are in the set already stay, once. Throws `launch.invalid` for what is no recording of ours, `data.*` for one that is of other data or holds nothing to learn from. */
export async function fromRecordings(
  { recordings, out, productVersion }: FromRecordingsFlags,
  { say, signal }: FromRecordingsIo,
): Promise<string> {
  using _lock = lockDataset(out);
  const there = found(out);
  for (const path of recordings) {
    signal.throwIfAborted();
    const recording = sha256Of(path);
    if (there.sources.some((source) => source?.recording === recording)) {
      say(`${path}: is in ${out} already`);
      continue;
    }
    const run = await readRecording(path);
    const shard = there.sources.length;
    const { meta, rows, source, told } = await experienceOf(path, run, {
      recording,
      productVersion: there.meta?.productVersion ?? productVersion,
      out,
      shard,
    });
    if (there.meta) refuseOther(path, out, meta, there.meta);
    claimFolder(out, meta);
    using writer = new ShardWriter(out, shard, meta.columns.length, source);
    writer.append(rows);
    writer.finish();
    there.meta = meta;
    there.sources.push(source);
    const missing = run.missing ? `; ${run.missing}` : "";
    say(`${path}: ${rows.length} decisions of ${source.robot} (${source.provenance}), by ${source.model.slice(0, 12)}${told}${missing}`);
  }
  using dataset = openDataset(out);
  return `${out}: ${dataset.rowCount} decisions of ${there.sources.length} recordings`;
}

/** What the folder holds already. */
function found(out: string): { meta: DatasetMeta | null; readonly sources: (ShardSource | null)[] } {
  if (!existsSync(join(out, "shard-000.json"))) return { meta: null, sources: [] };
  using dataset = openDataset(out);
  return { meta: dataset.meta, sources: dataset.sources.map(({ source }) => source) };
}

interface Asked {
  readonly recording: string;
  readonly productVersion: string;
  readonly out: string;
  readonly shard: number;
}

async function experienceOf(path: string, run: RunRecording, { recording, productVersion, out, shard }: Asked) {
  const config = configAsRecorded(path, run.header.config, []);
  const provenance = worldOf(path, config);
  const spec = scaled(await robotOf(config), sharesOf(config));
  const meta = asRun(metaOf({ config, spec, play: "free", folder: out, seed: 0, productVersion, resetEvery: null }));
  checkPictures(path, run, meta);
  const action = displacementAxes(meta.action);
  using body = await openBody({
    ...{ robot: spec, workspace: config.guards.workspace, keepOut: [] },
    model: { axes: action, toolHeightM: meta.toolHeightM, controlPeriodS: meta.controlPeriodS },
    ...{ maxObservationAgeMs: config.guards.maxObservationAgeMs, maxPlanAgeMs: config.guards.maxPlanAgeMs },
  });
  const all = recordedRows(run, { body, action, episodeRows: EPISODE_ROWS, firstEpisode: shard * EPISODES_A_SHARD_MAX });
  const actions = meta.columns.flatMap((name, at) => (name.startsWith("action.") ? [at] : []));
  const rows = all.filter(({ values }) => actions.every((at) => Math.abs(values[at] as number) <= 1));
  if (rows.length === 0) {
    const why =
      run.moments.length === 0
        ? "it does not say when it decided (recorded before 30 November 2026)"
        : `none of its ${run.moments.length} moments is followed by one ${meta.controlPeriodS} s later`;
    throw new AgentError(
      "data.missing",
      `${path}: holds nothing to learn from: ${why}; record with this version, and with a control period of ${meta.controlPeriodS} s`,
    );
  }
  const told = rows.length < all.length ? `; ${all.length - rows.length} left out, in which the tool went further than an action can` : "";
  const source: ShardSource = { recording, robot: spec.name, provenance, model: run.header.modelHash };
  return { meta, rows, told, source };
}

/** Nobody knows where the things were, and the agent chose where to go. */
const asRun = (meta: DatasetMeta): DatasetMeta => ({
  ...meta,
  play: "run",
  columns: meta.columns.filter((name) => !name.startsWith("object.")),
});

/** Where it happened. Throws AgentError `launch.invalid` where nothing happened. */
function worldOf(path: string, config: LaunchConfig): ShardSource["provenance"] {
  const { backend } = config;
  const { provenance } = backendOf(config).facts;
  if (provenance === "recorded")
    throw new AgentError("launch.invalid", `${path}: is a recording of a replay; give the recording that was replayed`);
  if ("bringUp" in backend && backend.bringUp === "shadow")
    throw new AgentError(
      "launch.invalid",
      `${path}: was recorded in shadow, where the arm did nothing of what was decided; record a run that moves it`,
    );
  return provenance;
}

function checkPictures(path: string, { samples }: RunRecording, { widthPx, heightPx, cameras }: DatasetMeta): void {
  for (const sample of samples) {
    if (sample.kind !== "frame" || !cameras.some(({ name }) => name === sample.frame.camera)) continue;
    const { camera, widthPx: width, heightPx: height } = sample.frame;
    if (width === widthPx && height === heightPx) continue;
    throw new AgentError(
      "data.mismatch",
      `${path}: a picture of "${camera}" has ${width}x${height} px, its launch file says ${widthPx}x${heightPx}; record it again`,
    );
  }
}

/** One data set is of one kind of arm, of the same cameras, and all simulated or all real: how much of each is learned from is said when it is trained on. */
function refuseOther(path: string, out: string, meta: DatasetMeta, there: DatasetMeta): void {
  const key = (Object.keys(meta) as (keyof DatasetMeta)[]).find((each) => !isDeepStrictEqual(meta[each], there[each]));
  if (key === undefined) return;
  const [its, known] = [meta, there].map((each) => JSON.stringify(each[key]).slice(0, 200));
  throw new AgentError(
    "data.mismatch",
    `${path}: its ${key} is ${its}, ${out} has ${known}; give another --out, and train on both (--rehearse)`,
  );
}

function sha256Of(path: string): string {
  const digest = createHash("sha256");
  const bytes = new Uint8Array(HASHED_AT_ONCE);
  try {
    const { file } = openPlainFile(path, Number.MAX_SAFE_INTEGER);
    try {
      for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes)) digest.update(bytes.subarray(0, read));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new AgentError("launch.invalid", `${path}: cannot be read (${faultOf(cause)}); name a recording of a run (run record:=FILE)`, {
      cause,
    });
  }
  return digest.digest("hex");
}

const HASHED_AT_ONCE = 2 ** 20;
