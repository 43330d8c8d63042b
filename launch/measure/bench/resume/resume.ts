/** `foresight bench resume`: kills the agent (SIGKILL) at random instants of a task of several skills and resumes it, in a simulated world that goes on meanwhile. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nsToSeconds, SystemClock } from "../../../../runtime/core/clock.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import { createKinematics } from "../../../../runtime/kinematics/kinematics.ts";
import { RealtimeSimDriver } from "../../../../sim/realtime-driver.ts";
import { serveWorld } from "../../../../sim/serve-world.ts";
import { sceneOf } from "../../../backends/scene-of.ts";
import { simSection } from "../../../backends/sim/backend.ts";
import { robotOf } from "../../../compose.ts";
import { loadLaunch } from "../../../config/load.ts";
import { abortAfterKill, type Counts, resumeToTheEnd, TOKEN } from "./killed-task.ts";
import { createTrack } from "./tool-track.ts";

export interface BenchResumeOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BenchResumeResult extends Readonly<Counts> {
  readonly bench: "resume";
  /** Runs of the whole task that were needed for so many kills. */
  readonly tasks: number;
  /** What was not as if nothing had happened; none is what is wanted. */
  readonly problems: readonly string[];
  readonly minutes: number;
}

const LAUNCH = join(packageRoot, "launch/panda-reach.launch.yaml");
/** Interruptions are measured, not thought: plans are small, and ages allow for a busy machine. */
const LIGHT = {
  planner: { samples: 32, iterations: 2 },
  senses: { maxAgeMs: 2000, maxSkewMs: 300 },
  guards: { maxObservationAgeMs: 2000, maxPlanAgeMs: 2000 },
};
/** In this order, each once: none lies on the way between two others. */
const PLACES_M: readonly Vec3[] = [
  [0.45, -0.2, 0.15],
  [0.45, 0.2, 0.15],
  [0.6, 0.2, 0.3],
  [0.6, -0.2, 0.3],
];
/** Kills of one run of the task; then it is let come to its end. */
const KILLS_PER_TASK = 10;

/** Throws AgentErrors of the simulator. */
export async function benchResume({ kills, seed, onProgress, signal }: BenchResumeOptions): Promise<BenchResumeResult> {
  const clock = new SystemClock();
  const startedNs = clock.nowNs();
  const rng = createRng(seed);
  const folder = mkdtempSync(join(tmpdir(), "foresight-resume-"));
  const config = loadLaunch(LAUNCH, ["backend.cameraRateHz:=10", "backend.cameraSupersample:=1"]);
  const section = simSection(config, "this bench kills the agent of a simulated arm");
  const spec = await robotOf(config);
  const options = { robot: spec, scene: sceneOf(section), cameras: config.cameras, supersample: section.cameraSupersample };
  await using driver = await RealtimeSimDriver.create({ ...options, cameraRateHz: section.cameraRateHz });
  using kinematics = await createKinematics(spec);
  const counts: Counts = { kills: 0, killsWhileStarting: 0, resumed: 0, restarted: 0, aborted: 0, killedAt: {} };
  const problems: string[] = [];
  const over = new AbortController();
  let tasks = 0;
  try {
    const socket = join(folder, "world.sock");
    await using _world = await serveWorld(driver, socket);
    let track = createTrack(PLACES_M);
    driver.samples(over.signal).subscribe((sample) => {
      if (sample.kind === "joints") track.add(kinematics.toolAt(sample.joints.positionRad));
    });
    const next = () => {
      track = createTrack(PLACES_M);
      return { ...writeLaunch(folder, socket), counts, rng, clock, track, signal, onProgress };
    };
    problems.push(...(await abortAfterKill(next())).map((problem) => `aborted task: ${problem}`));
    while (counts.kills < kills && !signal.aborted) {
      tasks++;
      const found = await orInterrupted(resumeToTheEnd(next(), Math.min(KILLS_PER_TASK, kills - counts.kills)), signal);
      problems.push(...found.map((problem) => `task ${tasks}: ${problem}`));
    }
  } finally {
    over.abort();
    rmSync(folder, { recursive: true, force: true });
  }
  return { bench: "resume", ...counts, tasks, problems, minutes: nsToSeconds(clock.nowNs() - startedNs) / 60 };
}

/** Nothing is said against a task that was cut off: what was found before is told all the same. */
async function orInterrupted(found: Promise<readonly string[]>, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await found;
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

function writeLaunch(folder: string, world: string): { readonly launchFile: string; readonly stateFile: string } {
  const launchFile = join(folder, "killed.launch.yaml");
  const stateFile = join(folder, "killed.state");
  rmSync(stateFile, { force: true });
  const skills = PLACES_M.map((positionM) => ({ skill: "reach", goal: { kind: "tool", positionM }, retries: 1 }));
  const launch = {
    include: LAUNCH,
    backend: { kind: "sim", mode: "realtime", world },
    ...LIGHT,
    dashboard: { port: 0, token: TOKEN },
    state: stateFile,
    task: { sequence: skills.flatMap((skill) => [skill, { waitS: 0.4 }]) },
  };
  writeFileSync(launchFile, JSON.stringify(launch));
  return { launchFile, stateFile };
}

export function printBenchResume(result: BenchResumeResult): string {
  const { kills, killsWhileStarting, tasks, resumed, restarted, aborted, killedAt, problems, minutes } = result;
  const isPath = (place: string): boolean => /^\d/.test(place);
  const places = Object.entries(killedAt).map(([place, count]) => `${isPath(place) ? `skill ${place}` : place}: ${count}`);
  return [
    `kills          ${kills}, ${killsWhileStarting} of them while the agent started (${places.join(", ")})`,
    `tasks          ${tasks} of ${PLACES_M.length} skills each; resumed ${resumed} times, a skill restarted ${restarted} times; ${aborted} aborted`,
    problems.length === 0
      ? "as if nothing had happened: every task succeeded, every place was visited in order and once"
      : `problems       ${problems.length}`,
    ...problems.map((problem) => `  ${problem}`),
    `took           ${minutes.toFixed(1)} minutes`,
  ].join("\n");
}
