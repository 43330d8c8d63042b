/** `foresight bench record`: what recording costs while a camera, joints and decisions come in real time, and what a kill loses. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nsToMs, nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { quantile, round } from "../../../runtime/core/statistics.ts";
import type { PictureFormat } from "../../../runtime/record/channels/picture-formats.ts";
import { openRecorder } from "../../../runtime/record/recorder.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { CAMERA_HZ, fedRun, feed, JOINTS_HZ } from "./record/feed.ts";
import { killRecorder } from "./record/kills.ts";
import { table } from "./table.ts";

export interface BenchRecordOptions {
  readonly seconds: number;
  readonly widthPx: number;
  readonly kills: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface RecordRow {
  /** "none": the same news, told to nobody. */
  readonly pictures: PictureFormat | "none";
  readonly seconds: number;
  readonly news: number;
  readonly dropped: number;
  /** Of one core, all threads of the process together. */
  readonly coreShare: number;
  /** How long the caller is held up by one piece of news. */
  readonly tellMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly megabytesPerS: number;
  readonly said: string | null;
}

export interface BenchRecordResult {
  readonly bench: "record";
  readonly machine: Machine;
  readonly camera: string;
  readonly jointsHz: number;
  readonly rows: readonly RecordRow[];
  /** Milliseconds that each kill lost; each file was made whole. */
  readonly lostMs: readonly number[];
}

const SEED = 1;

export async function benchRecord({ seconds, widthPx, kills, onProgress, signal }: BenchRecordOptions): Promise<BenchRecordResult> {
  const folder = mkdtempSync(join(tmpdir(), "foresight-bench-record-"));
  try {
    const rows: RecordRow[] = [];
    for (const pictures of ["none", "png", "jpeg"] as const) {
      onProgress?.(pictures === "none" ? "without a recorder" : pictures);
      rows.push(await measure(pictures, join(folder, `${pictures}.mcap`), seconds, widthPx, signal));
    }
    const rng = createRng(SEED);
    const lostMs: number[] = [];
    for (let kill = 1; kill <= kills && !signal.aborted; kill++) {
      onProgress?.(`kill ${kill} of ${kills}`);
      lostMs.push(round((await killRecorder(folder, `${kill}`, rng)).lostMs, 0));
    }
    const camera = `${widthPx}x${(widthPx * 3) / 4} at ${CAMERA_HZ} Hz`;
    return { bench: "record", machine: describeMachine(), camera, jointsHz: JOINTS_HZ, rows, lostMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function printBenchRecord({ machine, camera, jointsHz, rows, lostMs }: BenchRecordResult): string {
  const lines = rows.map(({ pictures, seconds, news, dropped, coreShare, tellMs, megabytesPerS }) => ({
    pictures,
    s: seconds,
    news,
    dropped,
    "of a core": `${round(100 * coreShare, 1)} %`,
    "tell p50 ms": tellMs.p50,
    "p99 ms": tellMs.p99,
    "max ms": tellMs.max,
    "MB/s": megabytesPerS,
  }));
  const worst = Math.max(...lostMs);
  return [
    machineLine(machine),
    `camera ${camera}, joints at ${jointsHz} Hz, decisions at 5 Hz; "none" makes the same news and tells nobody`,
    table(lines),
    ...(lostMs.length > 0
      ? [`${lostMs.length} kills lost at most ${worst} ms, p50 ${quantile(lostMs, 0.5)} ms; every file was made whole`]
      : []),
  ].join("\n");
}

async function measure(
  pictures: RecordRow["pictures"],
  file: string,
  seconds: number,
  widthPx: number,
  signal: AbortSignal,
): Promise<RecordRow> {
  const clock = new SystemClock();
  const keeping = { file, force: false, splitBytes: 2 ** 32, splitS: 86_400, minFreeBytes: 2 ** 28, last: null };
  const stopped: string[] = [];
  const recorder =
    pictures === "none"
      ? null
      : await openRecorder({ ...keeping, facts: fedRun(widthPx), pictures, atNs: 0n, onStopped: (said) => stopped.push(said) });
  const tellMs: number[] = [];
  const feeding = feed({
    widthPx,
    clock,
    rng: createRng(SEED),
    tell(news) {
      const beganNs = clock.nowNs();
      recorder?.tell(news);
      tellMs.push(nsToMs(clock.nowNs() - beganNs));
    },
  });
  const beganNs = clock.nowNs();
  const before = process.cpuUsage();
  await clock.sleep(seconds * 1000, signal).catch(() => {}); // What was measured until then is told.
  const { user, system } = process.cpuUsage(before);
  const spentS = nsToSeconds(clock.nowNs() - beganNs);
  feeding[Symbol.dispose]();
  const recorded = await recorder?.finish();
  const said = stopped[0] ?? recorded?.said ?? null;
  return {
    ...{ pictures, seconds: round(spentS, 1), news: tellMs.length, said },
    dropped: recorded?.dropped ?? 0,
    coreShare: round((user + system) / 1e6 / spentS, 4),
    tellMs: { p50: round(quantile(tellMs, 0.5), 3), p99: round(quantile(tellMs, 0.99), 3), max: round(Math.max(...tellMs), 3) },
    megabytesPerS: recorder ? round(statSync(file).size / 2 ** 20 / spentS, 2) : 0,
  };
}
