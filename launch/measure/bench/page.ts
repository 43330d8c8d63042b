/** `foresight bench page`: what the live page takes from the agent's process, by how many look at it, and how much a first load is. */
import { once } from "node:events";
import { nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { forkModule } from "../../../runtime/core/start-worker.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { type Dashboard, openDashboard } from "../../../runtime/dashboard/server.ts";
import { PAGE_SITE } from "../../../runtime/dashboard/site.ts";
import { createPageSamples } from "../../run/page-samples.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import type { Loaded } from "./page/viewer.ts";
import { CAMERA_HZ, fedRun, feed, JOINTS_HZ } from "./record/feed.ts";
import { table } from "./table.ts";

interface BenchPageOptions {
  /** Of each row. */
  readonly seconds: number;
  readonly widthPx: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

interface PageRow {
  /** Null: the same news is made, and there is no page. */
  readonly viewers: number | null;
  readonly seconds: number;
  /** Of the agent's process, 1 is a whole core. */
  readonly coreShare: number;
}

interface BenchPageResult {
  readonly bench: "page";
  readonly machine: Machine;
  readonly camera: string;
  readonly rows: readonly PageRow[];
  readonly firstLoad: Loaded;
}

const SEED = 1;
const VIEWERS = [null, 0, 1, 4] as const;

export async function benchPage({ seconds, widthPx, onProgress, signal }: BenchPageOptions): Promise<BenchPageResult> {
  const rows: PageRow[] = [];
  let firstLoad: Loaded = { files: 0, bytes: 0, tookMs: 0 };
  for (const viewers of VIEWERS) {
    signal.throwIfAborted();
    onProgress?.(viewers === null ? "no page" : `${viewers} who look`);
    await using page = viewers === null ? null : await openPage(widthPx);
    const looking = page ? await Promise.all(Array.from({ length: viewers ?? 0 }, () => look(page))) : [];
    firstLoad = looking[0]?.loaded ?? firstLoad;
    rows.push({ viewers, ...(await measure(page, { seconds, widthPx, signal })) });
    for (const { end } of looking) end();
  }
  const camera = `${widthPx}x${(widthPx * 3) / 4} at ${CAMERA_HZ} Hz`;
  return { bench: "page", machine: describeMachine(), camera, rows, firstLoad };
}

export function printBenchPage({ machine, camera, rows, firstLoad }: BenchPageResult): string {
  const without = rows.find(({ viewers }) => viewers === null)?.coreShare ?? 0;
  const lines = rows.map(({ viewers, seconds, coreShare }) => ({
    "who look": viewers ?? "no page",
    s: seconds,
    "of a core": `${round(100 * coreShare, 1)} %`,
    "more than without": `${round(100 * (coreShare - without), 1)} %`,
  }));
  const load = `a first load is ${firstLoad.files} files, ${round(firstLoad.bytes / 2 ** 20, 2)} MB, in ${round(firstLoad.tookMs / 1000, 2)} s over loopback, one after another`;
  return `${machineLine(machine)}\ncamera ${camera}, joints at ${JOINTS_HZ} Hz, decisions at 5 Hz; ${load}\n${table(lines)}`;
}

function openPage(widthPx: number): Promise<Dashboard> {
  const { cameras, joints } = fedRun(widthPx);
  const limits = { positionMinRad: -3, positionMaxRad: 3, velocityMaxRadPerS: 2 };
  return openDashboard({
    ...{ host: "127.0.0.1", port: 0, clock: new SystemClock(), orders: { command: () => null } },
    facts: {
      ...{ title: "bench", cameras, joints: joints.map((name) => ({ name, ...limits })), planDeadlineMs: 120, decisionPeriodS: 0.2 },
      ...{
        pictureAgeMsMax: 400,
        goals: [],
        ends: "with-task",
        gripper: null,
        feltCount: 3,
        jogs: false,
        jogAxes: [],
        urgent: [],
        saves: false,
        records: false,
        limits: null,
        playback: null,
        scene: null,
      },
    },
  });
}

/** Somebody with a process of their own, once they have loaded everything. */
async function look({ url }: Dashboard): Promise<{ readonly loaded: Loaded; readonly end: () => void }> {
  const { hostname, port } = new URL(url);
  const viewer = forkModule(moduleUrl("./page/viewer.ts", import.meta.url), {}, [
    hostname,
    port,
    ...Object.keys(PAGE_SITE),
    "/scene.json",
    "/views.json",
  ]);
  const [loaded] = (await once(viewer, "message")) as [Loaded];
  return { loaded, end: () => void viewer.kill() };
}

async function measure(
  page: Dashboard | null,
  { seconds, widthPx, signal }: BenchPageOptions,
): Promise<Pick<PageRow, "seconds" | "coreShare">> {
  const clock = new SystemClock();
  const samples = page && createPageSamples(() => page);
  using _ = feed({
    ...{ widthPx, clock, rng: createRng(SEED) },
    tell(news) {
      if (news.kind === "sample") samples?.sample(news.what);
      if (news.kind === "tick") page?.showTick(news.what);
    },
  });
  const beganNs = clock.nowNs();
  const before = process.cpuUsage();
  await clock.sleep(seconds * 1000, signal).catch(() => {}); // What was measured until then is told.
  const { user, system } = process.cpuUsage(before);
  const spentS = nsToSeconds(clock.nowNs() - beganNs);
  return { seconds: round(spentS, 1), coreShare: round((user + system) / 1e6 / spentS, 4) };
}
