/** `foresight bench fleet`: what each further arm of a fleet costs in processor and memory, and whether all still decide in time. */
import { type Clock, nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { loadLaunch } from "../../config/load.ts";
import type { ArmRow } from "../../fleet/board.ts";
import { type Fleet, openFleet } from "../../fleet/fleet.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { useOfTree } from "./process-tree.ts";
import { table } from "./table.ts";

export interface BenchFleetOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** Of each row. */
  readonly seconds: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface FleetRow {
  readonly arms: number;
  /** Of all arms' processes together; 1 is one whole core. */
  readonly cores: number;
  readonly memoryMiB: number;
  /** Broker, page and this bench. */
  readonly ownCores: number;
  /** Of the arm that decides the least. */
  readonly decisionsPerS: number;
  /** The newest of each arm that came while it was measured, in words with the arm's name. */
  readonly faults: readonly string[];
}

export interface BenchFleetResult {
  readonly bench: "fleet";
  readonly machine: Machine;
  readonly seconds: number;
  readonly rows: readonly FleetRow[];
  /** From the first row to the last, by arm; null for a fleet of one. */
  readonly perExtraArm: { readonly cores: number; readonly memoryMiB: number } | null;
}

/** Of each arm, from the start until it has decided often enough to be warm: they start one after the other. */
const START_S_MAX = 300;
const WARM_DECISIONS = 10;
const LOOK_EVERY_MS = 200;

/** Each row starts its own fleet: one arm, two, and so on to all of the launch file. Throws AgentErrors of the fleet. */
export async function benchFleet({ launch, overrides, seconds, onProgress, signal }: BenchFleetOptions): Promise<BenchFleetResult> {
  const machine = describeMachine();
  const config = loadLaunch(launch, overrides);
  const { fleet } = config;
  if (!fleet) throw new AgentError("launch.invalid", `${launch}: has no fleet; take launch/fleet-demo.launch.yaml`);
  const all = Object.entries(fleet.arms);
  const clock = new SystemClock();
  const rows: FleetRow[] = [];
  for (let count = 1; count <= all.length; count++) {
    signal.throwIfAborted();
    onProgress?.(`${count} ${count === 1 ? "arm" : "arms"}`);
    const some = { ...fleet, arms: Object.fromEntries(all.slice(0, count)), page: { ...fleet.page, port: 0 } };
    const opened = await openFleet({ file: launch, changes: overrides, config, fleet: some, say: () => {} });
    try {
      rows.push(await measure(opened, seconds, clock, signal));
    } finally {
      await opened[Symbol.asyncDispose]();
    }
  }
  return { bench: "fleet", machine, seconds, rows, perExtraArm: costOf(rows) };
}

async function measure({ arms, board, ended }: Fleet, seconds: number, clock: Clock, signal: AbortSignal): Promise<FleetRow> {
  const startNs = clock.nowNs();
  const startSMax = START_S_MAX * board.rows.length;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!board.rows.every(({ decisions }) => decisions >= WARM_DECISIONS)) {
    if (isOver || nsToSeconds(clock.nowNs() - startNs) > startSMax)
      throw new AgentError(
        "bridge.timeout",
        `bench fleet: not every arm decides after ${startSMax} s; ${board.rows.map(standing).join("; ")}; give it more of the machine, or fewer arms`,
      );
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  const look = () => ({
    atNs: clock.nowNs(),
    cpuS: arms.reduce((sum, { pid }) => sum + useOfTree(pid).cpuS, 0),
    own: process.cpuUsage(),
    decisions: board.rows.map((row) => row.decisions),
  });
  const known = new Map(board.rows.map(({ name, faultAt }) => [name, faultAt]));
  const before = look();
  await clock.sleep(seconds * 1000, signal);
  const after = look();
  const tookS = nsToSeconds(after.atNs - before.atNs);
  const ownS = (after.own.user - before.own.user + after.own.system - before.own.system) / 1e6;
  return {
    arms: arms.length,
    cores: round((after.cpuS - before.cpuS) / tookS, 2),
    memoryMiB: Math.round(arms.reduce((sum, { pid }) => sum + useOfTree(pid).memoryMiB, 0)),
    ownCores: round(ownS / tookS, 3),
    decisionsPerS: round(Math.min(...after.decisions.map((count, arm) => (count - before.decisions[arm]!) / tookS)), 2),
    faults: board.rows.flatMap(({ name, fault, faultAt }) => (faultAt === known.get(name) ? [] : [`${name}: ${fault}`])),
  };
}

const standing = ({ name, link, agent, reason }: ArmRow): string => `${name} is ${link}${agent ? `, ${agent}: ${reason}` : ""}`;

function costOf(rows: readonly FleetRow[]): BenchFleetResult["perExtraArm"] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || last.arms === first.arms) return null;
  const more = last.arms - first.arms;
  return { cores: round((last.cores - first.cores) / more, 2), memoryMiB: Math.round((last.memoryMiB - first.memoryMiB) / more) };
}

export function printBenchFleet({ machine, seconds, rows, perExtraArm }: BenchFleetResult): string {
  const lines = rows.map(({ arms, cores, memoryMiB, ownCores, decisionsPerS, faults }) => ({
    arms,
    cores: cores.toFixed(2),
    MiB: memoryMiB,
    "broker and page": ownCores.toFixed(3),
    "decisions/s (least)": decisionsPerS.toFixed(2),
    "arms with faults": faults.length,
  }));
  const cost = perExtraArm
    ? `each further arm: ${perExtraArm.cores.toFixed(2)} cores, ${perExtraArm.memoryMiB} MiB`
    : "one arm: nothing to compare";
  const faults = rows.flatMap(({ arms, faults }) => faults.map((fault) => `with ${arms} ${arms === 1 ? "arm" : "arms"}, ${fault}`));
  return [
    machineLine(machine),
    `${seconds} s of each row, after ${WARM_DECISIONS} decisions of every arm`,
    table(lines),
    ...faults,
    cost,
  ].join("\n");
}
