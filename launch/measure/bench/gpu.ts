/** `foresight bench gpu`: the plan of a model on every provider of this machine, by the number of futures: time, and how far its first action is from the cpu's. */
import { type Clock, nsToMs, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import { figure } from "../../../runtime/core/figure.ts";
import type { ModelPackage } from "../../../runtime/core/model.ts";
import type { PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Skill } from "../../../runtime/core/skill.ts";
import { isWebgpuSoftware, type ProviderName } from "../../../runtime/graph/provider.ts";
import { openSession } from "../../../runtime/graph/session.ts";
import { createSolver } from "../../../runtime/plan/plan-solver.ts";
import { peakResidentMib } from "./machine.ts";
import { type Spread, spreadOf, table } from "./table.ts";

export interface BenchGpuOptions {
  readonly model: ModelPackage;
  readonly skill: Skill;
  /** Futures of an iteration, each a row; 3 iterations of 5 decisions. */
  readonly samples: readonly number[];
  /** Measured plans of each row. */
  readonly plans: number;
  readonly threads: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface GpuRow {
  readonly provider: ProviderName;
  readonly samples: number;
  /** From the bytes to a session, and the first plan, which also compiles. */
  readonly openMs: number;
  readonly firstMs: number;
  readonly planMs: Spread;
  /** Of the first decision's action, each in -1..1, over all plans; null on the cpu itself. */
  readonly greatestDifference: number | null;
}

export interface BenchGpuResult {
  readonly bench: "gpu";
  readonly model: { readonly name: string; readonly hash: string };
  readonly threads: number;
  readonly plans: number;
  readonly rows: readonly GpuRow[];
  /** webgpu ran on the cpu: its times are none of a GPU. */
  readonly isWebgpuSoftware: boolean;
  /** By provider: why it was left out. */
  readonly missing: Readonly<Record<string, string>>;
  readonly peakMiB: number;
}

/** The cpu first: the others are held against it. */
const PROVIDERS: readonly ProviderName[] = ["cpu", "webgpu", "cuda", "tensorrt"];
const PLAN = { iterations: 3, horizon: 5 } as const;

export async function benchGpu(options: BenchGpuOptions): Promise<BenchGpuResult> {
  const { model, samples, threads, plans, onProgress, signal } = options;
  const rows: GpuRow[] = [];
  const missing: Record<string, string> = {};
  const reference = new Map<number, readonly Float32Array[]>();
  for (const provider of PROVIDERS) {
    for (const count of samples) {
      signal.throwIfAborted();
      if (missing[provider]) continue;
      onProgress?.(`${provider}, ${count} futures`);
      try {
        const { row, actions } = await measure(options, provider, count, reference.get(count));
        if (provider === "cpu") reference.set(count, actions);
        rows.push(row);
      } catch (error) {
        if (!(error instanceof AgentError) || provider === "cpu") throw error;
        missing[provider] = error.message;
      }
    }
  }
  const { name } = model.spec;
  const software = isWebgpuSoftware() && rows.some(({ provider }) => provider === "webgpu");
  const head = { bench: "gpu", model: { name, hash: model.modelHash }, threads, plans } as const;
  return { ...head, rows, isWebgpuSoftware: software, missing, peakMiB: peakResidentMib() };
}

export function printBenchGpu(result: BenchGpuResult): string {
  const { model, threads, plans, rows, missing, peakMiB } = result;
  const cpuOf = (samples: number) => rows.find((row) => row.provider === "cpu" && row.samples === samples)?.planMs.p50 ?? Number.NaN;
  const lines = rows.map(({ provider, samples, openMs, firstMs, planMs, greatestDifference }) => ({
    provider,
    plan: `${samples}x${PLAN.iterations}x${PLAN.horizon}`,
    "open ms": figure(openMs, { digits: 0 }),
    "first ms": figure(firstMs, { digits: 0 }),
    "plan p50 ms": figure(planMs.p50, { digits: 2 }),
    "p99 ms": figure(planMs.p99, { digits: 2 }),
    "cpu over it": figure(cpuOf(samples) / planMs.p50, { digits: 2 }),
    "differs by": greatestDifference === null ? "" : greatestDifference.toExponential(1),
  }));
  return [
    `model ${model.name} ${model.hash.slice(0, 12)}, ${plans} plans a row, cpu with ${threads} threads, ${peakMiB} MiB at most`,
    table(lines),
    ...(result.isWebgpuSoftware ? ["webgpu ran on a software driver, on the cpu: its times say nothing of a GPU, its differences do"] : []),
    ...Object.entries(missing).map(([provider, why]) => `${provider} left out: ${why}`),
  ].join("\n");
}

async function measure(
  { model, skill, threads, plans }: BenchGpuOptions,
  provider: ProviderName,
  samples: number,
  reference: readonly Float32Array[] | undefined,
): Promise<{ readonly row: GpuRow; readonly actions: readonly Float32Array[] }> {
  const clock = new SystemClock();
  const startNs = clock.nowNs();
  await using solver = await createSolver({
    package: model,
    skill,
    goalKind: "image",
    name: "cem",
    budget: { ...PLAN, samples, deadlineMs: Number.MAX_VALUE },
    adaptive: false,
    clock,
    proposals: false,
    sessions: { open: (bytes, options) => openSession(bytes, { ...options, provider, threads, strict: true }) },
  });
  const openMs = nsToMs(clock.nowNs() - startNs);
  const first = await timed(solver, model, 0, clock);
  const ms: number[] = [];
  const actions: Float32Array[] = [];
  for (let seed = 1; seed <= plans; seed++) {
    const plan = await timed(solver, model, seed, clock);
    ms.push(plan.ms);
    actions.push(plan.action);
  }
  const differences = reference?.flatMap((action, plan) =>
    [...action].map((value, at) => Math.abs(value - (actions[plan]?.[at] as number))),
  );
  invariant(provider === "cpu" || differences, "the cpu comes first");
  const greatestDifference = differences ? Math.max(...differences) : null;
  return { row: { provider, samples, openMs, firstMs: first.ms, planMs: spreadOf(ms), greatestDifference }, actions };
}

/** Towards a goal near by: latents by chance would be further apart than any that the model has seen. */
async function timed(solver: Solver, { spec: { latentDim, axes } }: ModelPackage, seed: number, clock: Clock) {
  const rng = createRng(seed);
  const latent = rng.fillNormal(new Float32Array(latentDim));
  const goal = latent.map((value) => value + 0.3 * rng.normal());
  const request: PlanRequest = { latent, goal, goalPositionM: [0, 0, 0], warmStart: null };
  const startNs = clock.nowNs();
  const { actions } = await solver.plan(request, createRng(seed));
  return { ms: nsToMs(clock.nowNs() - startNs), action: actions.slice(0, axes.length) };
}
