/** Collects shards by play on whatever a launch file calls its robot, through the same loop and the same guards as an agent. */
import { AgentError } from "../../../runtime/core/errors.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { type DatasetRow, ShardWriter } from "../../../runtime/learn/dataset-writer.ts";
import type { Collector, ShardTask } from "../../../runtime/learn/shards.ts";
import { decide } from "../../../runtime/supervise/decide.ts";
import type { openRobot } from "../../compose.ts";
import { playEpisode } from "./episode.ts";
import { metaOf, type PlaySetup } from "./setup.ts";
import { type OpenLead, type Operator, openStage, type PlayStage } from "./stage.ts";

const EPISODE_STEPS = 60;
const EPISODES_A_SHARD_MAX = 10_000;
/** Episodes in a row without a decision before a person is told. */
const EMPTY_MAX = 50;
/** Episodes in a row that are ended by a fault before a person is told. */
const FAULTS_MAX = 5;
const FAULT_PAUSE_MS = 1000;

/** Opens the robot; disposing it brings the arm to rest. Throws AgentErrors of launch file and robot. */
export async function openPlayCollector(
  setup: PlaySetup,
  operator: Operator | null,
  signal: AbortSignal,
  open?: typeof openRobot,
  lead?: OpenLead,
): Promise<Collector> {
  const stage = await openStage(setup, operator, open, lead);
  const columns = metaOf(setup).columns.length;
  return {
    collect: (task, onRows) => collectShard({ setup, columns, stage, signal }, task, onRows),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

interface Shard {
  readonly setup: PlaySetup;
  readonly columns: number;
  readonly stage: PlayStage;
  readonly signal: AbortSignal;
}

async function collectShard(shard: Shard, { shard: number, rows }: ShardTask, onRows: (rows: number) => void): Promise<void> {
  const { setup, columns, stage, signal } = shard;
  using writer = new ShardWriter(setup.folder, number, columns);
  const shardRng = createRng(setup.seed).fork(number);
  let faults = 0;
  let empty = 0;
  for (let i = 0; writer.count < rows && i < EPISODES_A_SHARD_MAX; i++) {
    const episode = number * EPISODES_A_SHARD_MAX + i;
    const { played, fault } = await attempt(shard, { episode, index: i, rng: shardRng.fork(i) });
    faults = fault ? faults + 1 : 0;
    empty = played.length === 0 ? empty + 1 : 0;
    if (empty >= EMPTY_MAX) throw nothingPlayed(fault);
    writer.append(played);
    onRows(writer.count);
    if (!fault) continue;
    if (mustStop(fault, stage)) throw fault;
    if (faults >= FAULTS_MAX) throw tooMany(fault);
    if (stage.opened.mode !== "lockstep") await stage.stopwatch.sleep(FAULT_PAUSE_MS, signal);
  }
  if (writer.count < rows) {
    const why = `${writer.count} of ${rows} decisions after ${EPISODES_A_SHARD_MAX} episodes`;
    throw new AgentError("data.missing", `collect: ${why}; the arm cannot play in this work area, ${WHERE}`);
  }
  writer.finish();
}

const WHERE = "look at guards.workspace, the scene's area and what the arm reaches (foresight check)";

const nothingPlayed = (fault: AgentError | null): AgentError =>
  new AgentError(
    "data.missing",
    `collect: ${EMPTY_MAX} episodes in a row gave no decision${fault ? ` (${fault.message})` : ""}; ${WHERE}; whole shards are kept`,
    { cause: fault },
  );

interface Attempt {
  readonly episode: number;
  /** In its shard. */
  readonly index: number;
  readonly rng: Rng;
}

/** What was played until it ended by itself or by a fault. */
async function attempt(
  { stage, signal }: Shard,
  { episode, index, rng }: Attempt,
): Promise<{ played: readonly DatasetRow[]; fault: AgentError | null }> {
  signal.throwIfAborted();
  try {
    await stage.begin(index, rng.fork(0), signal);
    const { player, goesOn } = stage.player(rng.fork(1));
    const { rows, fault } = await playEpisode(stage, { episode, steps: EPISODE_STEPS, player, goesOn, rng }, signal);
    return { played: rows, fault };
  } catch (error) {
    if (signal.aborted || !(error instanceof AgentError)) throw error;
    return { played: [], fault: error };
  }
}

/** A simulated arm may be reset after it ended a motion by itself; with a real one a person must look first. */
const mustStop = (fault: AgentError, { isSimulated }: PlayStage): boolean =>
  decide(fault).reaction === "stop" && !(isSimulated && fault.code === "robot.aborted");

const tooMany = (fault: AgentError): AgentError =>
  new AgentError(
    fault.code,
    `collect: ${FAULTS_MAX} episodes in a row were ended by faults, the last: ${fault.message}; whole shards are kept: mend it and give the same command again`,
    { cause: fault },
  );
