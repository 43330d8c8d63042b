/** `foresight collect`: seeded play of a launch file's arm, simulated or real, written as a data set to learn from. */

import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { figure } from "../../runtime/core/figure.ts";
import { startWorker } from "../../runtime/core/start-worker.ts";
import { openThreadCollector } from "../../runtime/learn/collector-thread.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { playedOf } from "../../runtime/learn/played.ts";
import { type Collection, collectShards } from "../../runtime/learn/shards.ts";
import { plays } from "../../skills/index.ts";
import type { BackendFacts } from "../backends/backend.ts";
import { backendOf } from "../backends/registry.ts";
import { robotOf, scaled, sharesOf } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import type { ClutchKind } from "../desk/clutch.ts";
import { trialNameOf } from "../task-facts.ts";
import { openPlayCollector } from "./play/collector.ts";
import { createLedTool } from "./play/led.ts";
import { metaOf, type PlayKind, type PlaySetup } from "./play/setup.ts";
import type { OpenLead, Operator } from "./play/stage.ts";

export interface CollectFlags {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly out: string;
  readonly rows: number;
  /** Of a file of the data set: what an interruption can lose, and what a worker of others does at a time. Default: 10,000 where a core makes them, else 240. */
  readonly shardRows?: number;
  /** Default: 2 where the embedded simulator waits, else 1. */
  readonly workers?: number;
  readonly seed: number;
  /** Default: scripted in a simulation, free elsewhere. */
  readonly play?: Exclude<PlayKind, "led">;
  /** Port of another arm by which a person leads this one's tool. */
  readonly teleop?: string;
  /** Of that arm. */
  readonly leaderCalibration?: string;
  readonly clutch?: ClutchKind;
  /** The world goes on while the arm decides, as a real one does. */
  readonly realtime?: boolean;
  /** Default: every episode in a simulation, every 25th elsewhere. */
  readonly resetEvery?: number;
  /** Whether a person can be asked to put things back. */
  readonly prompt: boolean;
  readonly productVersion: string;
}

export interface CollectIo {
  readonly progress: (text: string) => void;
  readonly elapsedS: () => number;
  /** Null where there is no terminal. */
  readonly operator: Operator | null;
  readonly signal: AbortSignal;
}

const RESET_EVERY = { simulated: 1, real: 25 } as const;
/** Small enough that little is lost when a collection is interrupted. */
export const SHARD_ROWS = 10_000;
/** Where rows come about as fast as an arm moves: this is what an interruption can lose, 48 s of motion. */
const SLOW_SHARD_ROWS = 240;

/** Throws AgentErrors of the launch file, of the folder and of the robot, and the signal's reason when interrupted. */
export async function collectLaunch(flags: CollectFlags, io: CollectIo): Promise<string> {
  const setup = await setupOf(flags, io.operator);
  const { run, freshRows } = progressing(flags, io);
  await using led = flags.teleop === undefined ? null : await leadOf(flags, flags.teleop, setup, io);
  await collectWith(setup, { ...run, workers: workersOf(flags, backendOf(setup.config).facts), shardRows: flags.shardRows }, io, led?.open);
  const fresh = freshRows();
  const rate = fresh === 0 ? "all of them were there" : `${perSecond(fresh / io.elapsedS())} a second`;
  return `${played(flags, setup.play)}, ${rate}`;
}

/** More than this share of decisions in which nothing moved is no play: the arm cannot go where it is sent. */
const STANDING_MAX = 0.6;

/** What is there now, read as training will read it. Throws `data.missing` where rows are missing, `data.mismatch` where most of them stood still. */
export function played({ out, rows: wanted }: CollectFlags, play: PlayKind): string {
  using dataset = openDataset(out);
  const { rows, standing } = playedOf(dataset);
  if (rows < wanted) throw new AgentError("data.missing", `${out}: ${rows} of ${wanted} decisions are there; give the same command again`);
  const percent = `${(100 * standing).toFixed(0)} %`;
  if (standing > STANDING_MAX) {
    const remedy =
      "the arm cannot go where it is sent: move guards.workspace and the scene's area into its reach, and collect into another --out";
    throw new AgentError(
      "data.mismatch",
      `${out}: in ${percent} of ${rows} decisions the arm stood still, at most ${100 * STANDING_MAX} % is play; ${remedy}`,
    );
  }
  return `${out}: ${rows} decisions of ${play} play, standing still in ${percent} of them`;
}

type Run = Pick<Collection, "rows" | "workers" | "onProgress" | "signal"> & { readonly shardRows: number | undefined };

/** Whatever stands for the robot, it is played with through the robot contract, inside the guards. */
async function collectWith(setup: PlaySetup, run: Run, { operator }: CollectIo, lead?: OpenLead): Promise<void> {
  const inThread = (signal: AbortSignal) =>
    openThreadCollector(startWorker("./play/worker.ts", import.meta.url, { workerData: setup }), signal);
  const here = (signal: AbortSignal) => openPlayCollector(setup, operator, signal, undefined, lead);
  const isFast = backendOf(setup.config).facts.isInThread && !lead;
  const open = isFast ? inThread : here; // What is simulated elsewhere leaves this thread idle.
  const shardRows = run.shardRows ?? (isFast ? SHARD_ROWS : SLOW_SHARD_ROWS);
  await collectShards({ ...run, folder: setup.folder, meta: metaOf(setup), shardRows, open });
}

/** The leading arm and its clutch. Throws AgentErrors of its port. */
async function leadOf(
  { leaderCalibration, clutch: kind }: CollectFlags,
  port: string,
  { spec }: PlaySetup,
  { progress, signal }: CollectIo,
) {
  const { openLeader } = await import("../desk/open-leader.ts");
  const { openClutch } = await import("../desk/clutch.ts");
  const clock = new SystemClock();
  const clutch = openClutch(kind ?? "key");
  const leader = await openLeader({ port, calibration: leaderCalibration }, spec);
  const open: OpenLead = (toolAt) => createLedTool({ ...{ leader, toolAt, clock, signal }, isClutched: clutch.isClosed, say: progress });
  return {
    open,
    async [Symbol.asyncDispose]() {
      clutch[Symbol.dispose]();
      await leader[Symbol.asyncDispose]();
    },
  };
}

/** What the flags and the launch file say together. Throws AgentError `launch.invalid` for what cannot be played. */
export async function setupOf(flags: CollectFlags, operator: Operator | null): Promise<PlaySetup> {
  const { launch, overrides, out, seed, productVersion } = flags;
  const mode = "mode" in loadLaunch(launch, overrides).backend ? [`backend.mode:=${flags.realtime ? "realtime" : "lockstep"}`] : [];
  const config = loadLaunch(launch, [...mode, ...overrides]);
  const { backend } = config;
  const chosen = backendOf(config);
  const { facts } = chosen;
  const isSimulated = facts.world !== null;
  if (facts.provenance === "recorded")
    throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": a recording cannot be played with; use a robot that moves`);
  if (flags.teleop !== undefined && "mode" in backend && backend.mode === "lockstep")
    throw new AgentError("launch.invalid", "--teleop: a person moves in real time; add --realtime, so that the simulated world does too");
  const play: PlayKind = flags.teleop !== undefined ? "led" : (flags.play ?? (isSimulated ? "scripted" : "free"));
  if (play === "scripted" && !isSimulated)
    throw new AgentError(
      "launch.invalid",
      `--play scripted: it looks at the poses of a simulation, and ${backend.kind} has none; use free`,
    );
  const skill = trialNameOf(config);
  if (play === "scripted" && !Object.hasOwn(plays, skill ?? ""))
    throw new AgentError("launch.invalid", `--play scripted: no skill of the task has play of its own; use free`);
  const isAsked = flags.prompt && play !== "led"; // Who leads it puts things back, and sees when.
  if (!isSimulated && isAsked && !operator) {
    const message = "there is no terminal at which a person could be asked to put things back; give --no-prompt";
    throw new AgentError("launch.invalid", `collect: ${message}`);
  }
  const every = flags.resetEvery ?? (isSimulated ? RESET_EVERY.simulated : RESET_EVERY.real);
  const resetEvery = isSimulated || isAsked ? every : null;
  checkWorkers(facts, workersOf(flags, facts));
  const { ladder, wanted } = chosen.ladder() ?? {};
  if (ladder && wanted) ladder.check(wanted);
  const spec = scaled(await robotOf(config), sharesOf(config));
  return { config, spec, play, folder: out, seed, productVersion, resetEvery };
}

const workersOf = ({ workers }: CollectFlags, { isInThread }: BackendFacts): number => workers ?? (isInThread ? 2 : 1);

/** A simulator is opened once per worker; an arm, or a world that runs already, is there once. */
function checkWorkers({ onlyOne }: BackendFacts, workers: number): void {
  if (workers === 1 || onlyOne === null) return;
  throw new AgentError("launch.invalid", `--workers ${workers}: ${onlyOne}`);
}

function progressing({ rows: wanted }: CollectFlags, { progress, elapsedS, signal }: CollectIo) {
  let fresh = 0;
  const onProgress = (rows: number, found: number): void => {
    fresh = rows - found;
    const leftS = (elapsedS() / Math.max(1, fresh)) * (wanted - rows);
    progress(`${rows} of ${wanted} decisions, ${perSecond(fresh / elapsedS())} a second, ${Math.max(0, Math.ceil(leftS))} s left`);
  };
  return { run: { rows: wanted, onProgress, signal }, freshRows: () => fresh };
}

const perSecond = (rate: number): string => figure(rate, { digits: rate < 10 ? 1 : 0 });
