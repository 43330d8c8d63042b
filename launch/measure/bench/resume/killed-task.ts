/** One task over as many processes as are killed: each comes back holding and is told to go on; what was not as if nothing had happened. */
import { existsSync, readFileSync } from "node:fs";
import type { Clock } from "../../../../runtime/core/clock.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import type { SupervisorSnapshot } from "../../../../runtime/supervise/snapshot.ts";
import { type AgentProcess, commandAt, startAgent } from "./agent-process.ts";
import type { Track } from "./tool-track.ts";

export const TOKEN = "bench-resume-token-of-nobody";

/** An agent is killed within this time of its start, of going on, or of its first decision since. */
const KILL_MS_MAX = 2500;
const START_MS_MAX = 90_000;
const TASK_MS_MAX = 120_000;
/** Share of the kills that come while the agent starts. */
const WHILE_STARTING = 0.2;
/** Of the others, those that wait for the arm to be on its way, however slow the machine is. */
const IN_MOTION = 0.75;
const LOOK_AGAIN_MS = 50;
const RESTARTED = 0.25;
/** Looked on for this long: an agent that holds must not move. */
const LOOK_MS = 300;
const STILL_M = 0.003;

export interface Counts {
  kills: number;
  /** Of them, before the agent had come back to holding. */
  killsWhileStarting: number;
  /** How often a person said resume, restart-skill and abort. */
  resumed: number;
  restarted: number;
  aborted: number;
  /** By the place in the task where the agent was killed. */
  readonly killedAt: Record<string, number>;
}

export interface KilledTask {
  readonly launchFile: string;
  readonly stateFile: string;
  readonly counts: Counts;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly track: Track;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Kills the agent `kills` times, then lets the task come to its end. */
export async function resumeToTheEnd(task: KilledTask, kills: number): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let left = kills; ; left--) {
    const { code, output } = await goOn(task, left > 0, problems);
    if (code === "killed") continue;
    if (code !== 0) problems.push(`it did not succeed (${ending(code)}): ${whereItIs(task.stateFile)} ${output}`);
    return [...problems, ...task.track.problems()];
  }
}

/** Kills the agent in the midst of its task and gives the task up. */
export async function abortAfterKill(task: KilledTask): Promise<readonly string[]> {
  const problems: string[] = [];
  while (inHand(task.stateFile) === null) {
    const { code, output } = await goOn(task, true, problems);
    if (code !== "killed") return [...problems, `it ended before it was killed: ${output}`];
  }
  const agent = startAgent(task.launchFile, task.clock);
  try {
    const url = await backHolding(agent);
    const refused = await commandAt(url, TOKEN, "abort");
    if (refused !== null) return [...problems, `abort was refused: ${refused}`];
    task.counts.aborted++;
    const code = await agent.endedWithin(START_MS_MAX);
    if (code !== 1 || !agent.output().includes("An operator aborted the task")) problems.push(`aborted it ended with ${ending(code)}`);
    if (existsSync(task.stateFile)) problems.push("aborted it kept a place in the task");
    return problems;
  } catch (error) {
    return [...problems, `${reasonOf(error)}: ${agent.output().slice(-OUTPUT_MAX)}`];
  } finally {
    await endNow(agent);
  }
}

interface GoneOn {
  readonly code: "killed" | "later" | number | null;
  readonly output: string;
}

const OUTPUT_MAX = 1500;

/** One process: from its start to its kill, or to its own end. */
async function goOn(task: KilledTask, isKilled: boolean, problems: string[]): Promise<GoneOn> {
  const { clock, rng, counts, stateFile } = task;
  task.signal.throwIfAborted();
  const wasInHand = inHand(stateFile);
  const agent = startAgent(task.launchFile, clock);
  const output = (): string => agent.output().slice(-OUTPUT_MAX);
  try {
    if (isKilled && rng.between(0, 1) < WHILE_STARTING) {
      const code = await agent.endedWithin(rng.between(0, KILL_MS_MAX));
      counts.killsWhileStarting++;
      return code === "later" ? killed(agent, task) : { code, output: output() };
    }
    if (wasInHand === null) await agent.saw(/page: (http\S+)#/, START_MS_MAX);
    else problems.push(...(await toldToGoOn(task, agent)));
    if (isKilled && rng.between(0, 1) < IN_MOTION) await untilActing(agent, stateFile);
    const code = await agent.endedWithin(isKilled ? rng.between(0, KILL_MS_MAX) : TASK_MS_MAX);
    return code === "later" && isKilled ? killed(agent, task) : { code, output: output() };
  } catch (error) {
    return { code: null, output: `${reasonOf(error)}: ${output()}` };
  } finally {
    await endNow(agent);
  }
}

/** Until a skill is prepared and decides, or the agent ended. */
async function untilActing(agent: AgentProcess, stateFile: string): Promise<void> {
  const isActing = (): boolean => keptIn(stateFile)?.run?.skills[0]?.preparation === "done" && keptIn(stateFile)?.agent.value === "running";
  for (let waitedMs = 0; waitedMs < START_MS_MAX && !isActing(); waitedMs += LOOK_AGAIN_MS)
    if ((await agent.endedWithin(LOOK_AGAIN_MS)) !== "later") return;
}

function killed(agent: AgentProcess, task: KilledTask): GoneOn {
  const place = inHand(task.stateFile) ?? "none";
  task.counts.killedAt[place] = (task.counts.killedAt[place] ?? 0) + 1;
  task.counts.kills++;
  agent.kill();
  task.onProgress(`kill ${task.counts.kills}, at ${place}`);
  return { code: "killed", output: "" };
}

async function endNow(agent: AgentProcess): Promise<void> {
  agent.kill();
  await agent.ended;
}

/** The address of its page, once it has said that it holds and what it was doing. */
async function backHolding(agent: AgentProcess): Promise<string> {
  const url = await agent.saw(/page: (http\S+)#/, START_MS_MAX);
  await agent.saw(/holding: The agent was interrupted while .+/, START_MS_MAX);
  return url;
}

/** It comes back holding and does not move; then a person says resume, or restart-skill. What was wrong with that. */
async function toldToGoOn({ counts, rng, clock, track }: KilledTask, agent: AgentProcess): Promise<readonly string[]> {
  const url = await backHolding(agent);
  const moved = await movedWhileHolding(track, clock);
  const restart = rng.between(0, 1) < RESTARTED;
  if (restart && (await commandAt(url, TOKEN, "restart-skill")) === null) counts.restarted++;
  else {
    // Between two skills there is none to restart.
    const refused = await commandAt(url, TOKEN, "resume");
    if (refused !== null) return [...moved, `resume was refused: ${refused}`];
    counts.resumed++;
  }
  return moved;
}

async function movedWhileHolding(track: Track, clock: Clock): Promise<readonly string[]> {
  const before = track.newestM;
  await clock.sleep(LOOK_MS);
  const movedM = Math.hypot(...before.map((value, axis) => value - track.newestM[axis]!));
  return movedM <= STILL_M ? [] : [`it moved ${(movedM * 1000).toFixed(1)} mm while it should hold`];
}

/** The skill in hand by the state file, "between skills", or null when there is no task in hand. */
function inHand(stateFile: string): string | null {
  const run = keptIn(stateFile)?.run;
  return run ? (run.skills[0]?.path ?? "between skills") : null;
}

function whereItIs(stateFile: string): string {
  const kept = keptIn(stateFile);
  return kept ? `the agent is ${kept.agent.value}, ${kept.agent.context.reason}` : "it kept nothing";
}

const keptIn = (stateFile: string): SupervisorSnapshot | null =>
  existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8").split("\n")[1] ?? "null") as SupervisorSnapshot | null) : null;

const ending = (code: number | null | string): string => (code === "later" ? `not within ${TASK_MS_MAX / 1000} s` : `exit code ${code}`);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
