/** The report of a soak, for people. */
import { figure, percent } from "../../../../runtime/core/figure.ts";
import { quantile } from "../../../../runtime/core/statistics.ts";
import { machineLine } from "../machine.ts";
import { table } from "../table.ts";
import type { Slope } from "./slope.ts";
import type { BenchSoakResult } from "./soak.ts";

export function printBenchSoak(result: BenchSoakResult): string {
  const { machine, backend, listeners, wantedMinutes, minutes, ended, decided, tasks, stops, loopDelayMs, growth, samples } = result;
  const { made, late, missed, longestGapMs, faults } = decided;
  const due = made + late + missed;
  const loads = samples.map(({ loadAverage }) => loadAverage);
  const [agents, keepers] = [samples.map(({ agent }) => agent), samples.flatMap(({ keeper }) => keeper ?? [])];
  const row = (who: string, all: readonly { memoryMiB: number; files: number; threads: number }[], slope: Slope | null) => ({
    "": who,
    "MiB first": figure(all[0]?.memoryMiB, { digits: 0 }),
    last: figure(all.at(-1)?.memoryMiB, { digits: 0 }),
    "MiB/h (95 %)": slopeText(slope),
    "files first": figure(all[0]?.files),
    "last ": figure(all.at(-1)?.files),
    "most ": all.length > 0 ? Math.max(...all.map(({ files }) => files)) : "-",
    "threads first": figure(all[0]?.threads),
    "last  ": figure(all.at(-1)?.threads),
  });
  return [
    machineLine(machine),
    `load during it: p50 ${figure(quantile(loads, 0.5), { digits: 1 })}, most ${loads.length > 0 ? Math.max(...loads) : "-"}`,
    `${minutes} of ${wantedMinutes} minutes by ${backend}, with ${listeners.join(", ") || "nobody listening"}; ended: ${ended}`,
    `decisions      ${made} of ${due} due were made and sent in time (${percent(due === 0 ? Number.NaN : made / due, 2)}); ${late} too late, ${missed} never made; longest gap ${figure(longestGapMs, { digits: 0, unit: "ms" })}`,
    `tasks          ${counted(tasks) || "none ended"}`,
    `stops          ${counted(stops) || "none"}`,
    `faults         ${counted(faults) || "none"}`,
    `event loop     agent: delayed p50 ${loopDelayMs.p50}, p99 ${loopDelayMs.p99}, most ${loopDelayMs.max} ms`,
    `handles        agent: ${figure(agents[0]?.handles)} first, ${figure(agents.at(-1)?.handles)} last`,
    `heap           agent: MiB/h ${slopeText(growth.agentHeap)}`,
    `beats          keeper: period error p99 of a minute p50 ${figure(
      quantile(
        keepers.map(({ beatErrorP99Ms }) => beatErrorP99Ms),
        0.5,
      ),
      { digits: 2 },
    )}, worst minute ${keepers.length > 0 ? Math.max(...keepers.map(({ beatErrorP99Ms }) => beatErrorP99Ms)) : "-"} ms; ${figure(keepers.at(-1)?.lateBeats)} of ${figure(keepers.at(-1)?.beats)} later than 8 ms`,
    table([row("agent", agents, growth.agent), ...(keepers.length > 0 ? [row("keeper", keepers, growth.keeper)] : [])]),
  ].join("\n");
}

const slopeText = (slope: Slope | null): string =>
  slope === null ? "too short to say" : `${slope.perHour.toFixed(1)} (${slope.interval.map((value) => value.toFixed(1)).join(" to ")})`;

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${count} x ${what}`)
    .join("; ");
