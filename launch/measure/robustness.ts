/** `foresight eval --robustness`: the same episodes in worlds that differ from the one the model was trained in. */
import { figure, percent } from "../../runtime/core/figure.ts";
import { simSection } from "../backends/sim/backend.ts";
import type { SimSection } from "../backends/sim/schema.ts";
import { loadLaunch } from "../config/load.ts";
import { bystandersLine, type EvalIo, type EvalOptions, evaluateLaunch } from "./eval.ts";
import type { EvaluationReport } from "./evaluate.ts";

const ONE_DEGREE_RAD = Math.PI / 180;

interface Variation {
  readonly name: string;
  readonly overrides: readonly string[];
}

/** What is changed, as overrides of the launch file; held-out is what its `backend.vary` never shows, or never would. */
export function variations({ scene, vary }: Pick<SimSection, "scene" | "vary">): readonly Variation[] {
  const tableM = scene.tableSurfaceM;
  return [
    { name: "as trained", overrides: [] },
    { name: "cameras moved by 1 cm", overrides: ["backend.knocked.shiftM:=[0.01, 0, 0]"] },
    { name: "cameras turned by 1 degree", overrides: [`backend.knocked.turnRad:=${ONE_DEGREE_RAD}`] },
    ...[0.6, 0.8, 1.2, 1.4].map((light) => ({ name: lightName(light), overrides: [`backend.scene.lightScale:=${light}`] })),
    ...Object.keys(scene.objects)
      .slice(0, 1)
      .flatMap((thing) => ofThing(thing, { scene, vary })),
    { name: "latency 60 ms", overrides: ["backend.latencyMs:=60"] },
    { name: "latency 120 ms", overrides: ["backend.latencyMs:=120"] },
    {
      name: "table 1 cm higher",
      overrides: [`backend.scene.tableSurfaceM:=${tableM + 0.01}`, `guards.workspace.tableZM:=${tableM + 0.01}`],
    },
  ];
}

/** Of what a model knows of the thing that its task is about. */
function ofThing(thing: string, { scene: { objects }, vary }: Pick<SimSection, "scene" | "vary">): readonly Variation[] {
  const { heldOutHueRad } = vary ?? {};
  const { sizeM, heldOutSizeM } = vary?.bodies ?? {};
  const bodies = (kind: string, sizes: string): object => ({ bodies: { kinds: [kind], sizes, sizeM, heldOutSizeM } });
  const withOthers = { ...objects, "bystander-1": { rgb: [0.2, 0.6, 0.3] }, "bystander-2": { rgb: [0.8, 0.7, 0.2] } };
  return [
    { name: `${thing} orange`, overrides: [`backend.scene.objects.${thing}.rgb:=[0.9, 0.45, 0.1]`] },
    { name: `${thing} blue`, overrides: [`backend.scene.objects.${thing}.rgb:=[0.15, 0.3, 0.85]`] },
    { name: "hues held out", overrides: only({ hues: "held-out", heldOutHueRad }) },
    { name: "box, sizes held out", overrides: only(bodies("box", "held-out")) },
    { name: "cylinder, sizes held out", overrides: only(bodies("cylinder", "held-out")) },
    { name: "ball, sizes held out", overrides: only(bodies("ball", "held-out")) },
    { name: "two bystanders", overrides: [`backend.scene.objects:=${JSON.stringify(withOthers)}`] },
  ];
}

const lightName = (light: number): string => `light ${Math.round(Math.abs(light - 1) * 100)} % ${light < 1 ? "darker" : "brighter"}`;

const STILL = {
  ...{ hues: "told", saturationShare: 0, valueShare: 0, tableShare: 0, robotShare: 0 },
  ...{ lightShare: 0, lightTurnRad: 0, cameraShiftM: 0, cameraTurnRad: 0 },
};
/** Nothing else differs from trial to trial. */
const only = (change: object): readonly string[] => [`backend.vary:=${JSON.stringify({ ...STILL, ...change })}`];

export interface RobustnessRow {
  readonly name: string;
  readonly overrides: readonly string[];
  readonly report: EvaluationReport;
}

/** One row a variation; an interrupted run has fewer. */
export async function evaluateRobustness(options: EvalOptions, io: EvalIo): Promise<readonly RobustnessRow[]> {
  const section = simSection(loadLaunch(options.launch, [...options.overrides]), "worlds are changed in the simulator");
  const rows: RobustnessRow[] = [];
  for (const { name, overrides } of variations(section)) {
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
      const error = `final error p50 ${figure(p50, { unit: "cm" })}, p90 ${figure(p90, { unit: "cm" })}`;
      return `${name.padEnd(28)}${success.padEnd(36)} ${error}${report.bystanders ? `; bystanders: ${bystandersLine(report.bystanders)}` : ""}`;
    })
    .join("\n");
}
