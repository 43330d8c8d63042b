/** `foresight eval --robustness`: the same episodes in worlds that differ from the one the model was trained in. */
import { figure, percent } from "../../runtime/core/figure.ts";
import { simSection } from "../backends/sim/backend.ts";
import { loadLaunch } from "../config/load.ts";
import type { SceneSection } from "../config/schema-scene.ts";
import { type EvalIo, type EvalOptions, evaluateLaunch } from "./eval.ts";
import type { EvaluationReport } from "./evaluate.ts";

const ONE_DEGREE_RAD = Math.PI / 180;

interface Variation {
  readonly name: string;
  readonly overrides: readonly string[];
}

/** What is changed, as overrides of the launch file. */
const variations = ({ tableSurfaceM: tableM, objects }: SceneSection): readonly Variation[] => [
  { name: "as trained", overrides: [] },
  { name: "cameras moved by 1 cm", overrides: ["backend.knocked.shiftM:=[0.01, 0, 0]"] },
  { name: "cameras turned by 1 degree", overrides: [`backend.knocked.turnRad:=${ONE_DEGREE_RAD}`] },
  { name: "light 20 % darker", overrides: ["backend.scene.lightScale:=0.8"] },
  { name: "light 20 % brighter", overrides: ["backend.scene.lightScale:=1.2"] },
  ...Object.keys(objects)
    .slice(0, 1)
    .flatMap((thing) => [
      { name: `${thing} orange`, overrides: [`backend.scene.objects.${thing}.rgb:=[0.9, 0.45, 0.1]`] },
      { name: `${thing} blue`, overrides: [`backend.scene.objects.${thing}.rgb:=[0.15, 0.3, 0.85]`] },
    ]),
  { name: "latency 60 ms", overrides: ["backend.latencyMs:=60"] },
  { name: "latency 120 ms", overrides: ["backend.latencyMs:=120"] },
  { name: "table 1 cm higher", overrides: [`backend.scene.tableSurfaceM:=${tableM + 0.01}`, `guards.workspace.tableZM:=${tableM + 0.01}`] },
];

export interface RobustnessRow {
  readonly name: string;
  readonly overrides: readonly string[];
  readonly report: EvaluationReport;
}

/** One row a variation; an interrupted run has fewer. */
export async function evaluateRobustness(options: EvalOptions, io: EvalIo): Promise<readonly RobustnessRow[]> {
  const { scene } = simSection(loadLaunch(options.launch, [...options.overrides]), "worlds are changed in the simulator");
  const rows: RobustnessRow[] = [];
  for (const { name, overrides } of variations(scene)) {
    if (io.signal.aborted) break;
    const progress = (text: string): void => io.progress(`${name}: ${text}`);
    const report = await evaluateLaunch({ ...options, overrides: [...options.overrides, ...overrides] }, { ...io, progress });
    rows.push({ name, overrides, report });
  }
  return rows;
}

export function printRobustness(rows: readonly RobustnessRow[]): string {
  return rows
    .map(({ name, report }) => {
      const [low, high] = report.wilson95;
      const { p50, p90 } = report.finalErrorCm;
      const success = `${report.successes} of ${report.episodes} = ${percent(report.success, 0)} (${percent(low, 0)} to ${percent(high, 0)})`;
      return `${name.padEnd(28)}${success.padEnd(36)} final error p50 ${figure(p50, { unit: "cm" })}, p90 ${figure(p90, { unit: "cm" })}`;
    })
    .join("\n");
}
