/** `foresight bench remote`: a plan in this computer against the same plan on an inference server, turn by turn, and whether both are the same bytes. */
import { openSolver } from "../../../runtime/assemble/brain.ts";
import { nsToMs, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import { figure } from "../../../runtime/core/figure.ts";
import type { PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { openSessionWorker } from "../../../runtime/graph/session.ts";
import type { SessionHost } from "../../../runtime/plan/plan-session.ts";
import { draw } from "../../compose.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { inferenceServerOf, localProvider } from "../../inference.ts";
import { skillsOf } from "../../task-facts.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { startServer } from "./serve-process.ts";
import { type Spread, spreadOf, table } from "./table.ts";

export interface BenchRemoteOptions {
  /** Its `model.provider` names the server; one of our own is started where it names none. */
  readonly config: LaunchConfig;
  /** Measured plans of each side. */
  readonly plans: number;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface RemoteRow {
  readonly place: string;
  readonly planMs: Spread;
}

export interface BenchRemoteResult {
  readonly bench: "remote";
  readonly machine: Machine;
  readonly model: { readonly name: string; readonly hash: string };
  readonly plans: number;
  readonly rows: readonly RemoteRow[];
  /** Of any number of any plan. */
  readonly greatestDifference: number;
  /** Plans that this computer made since the server did not. */
  readonly takenOver: number;
}

const WARM_UP_PLANS = 5;
/** A plan of any size comes within it; what is measured here is how long it takes. */
const DEADLINE_MS = 10_000;

/** Throws AgentErrors of the launch file's parts, `session.provider` for a server that does not take the model. */
export async function benchRemote({ config, plans, onProgress, signal }: BenchRemoteOptions): Promise<BenchRemoteResult> {
  const machine = describeMachine();
  const { model } = await draw(config);
  await using own = typeof config.model.provider === "string" ? await startServer(config.model, signal) : null;
  const provider = { ...((own ?? config.model).provider as Exclude<LaunchConfig["model"]["provider"], string>), deadlineMs: DEADLINE_MS };
  const here = localProvider(config.model);
  await using worker = openSessionWorker({ threads: config.model.threads });
  const said: string[] = [];
  await using server = await inferenceServerOf({ model: { ...config.model, provider }, seed: config.seed }, worker, (line) =>
    said.push(line),
  );
  invariant(server, "bench remote: the provider is a server");
  let place = "";
  await using near = await solverOn({ open: (bytes, options) => worker.open(bytes, { ...options, provider: here }) }, config, model);
  await using far = await solverOn(
    {
      open: async (bytes, options) => {
        const session = await server.open(bytes, { ...options, provider: here });
        if (session.provider !== "server")
          throw new AgentError(
            "session.provider",
            session.fallbackReason ?? "the server has no planner; start foresight serve with this model",
          );
        place = provider.server;
        return session;
      },
    },
    config,
    model,
  );
  const times: { readonly near: number[]; readonly far: number[] } = { near: [], far: [] };
  let greatestDifference = 0;
  for (let i = 0; i < WARM_UP_PLANS + plans; i++) {
    signal.throwIfAborted();
    onProgress?.(`plan ${i + 1} of ${WARM_UP_PLANS + plans}`);
    const request = requestOf(model.spec.latentDim, i);
    const one = await timed(near, request, i);
    const other = await timed(far, request, i);
    greatestDifference = Math.max(greatestDifference, ...one.actions.map((action, at) => Math.abs(action - (other.actions[at] as number))));
    if (i < WARM_UP_PLANS) continue;
    times.near.push(one.ms);
    times.far.push(other.ms);
  }
  const rows = [
    { place: `in this process, ${here}`, planMs: spreadOf(times.near) },
    { place, planMs: spreadOf(times.far) },
  ];
  const { name } = model.spec;
  return { bench: "remote", machine, model: { name, hash: model.modelHash }, plans, rows, greatestDifference, takenOver: said.length };
}

export function printBenchRemote({ machine, model, plans, rows, greatestDifference, takenOver }: BenchRemoteResult): string {
  const [near] = rows;
  const lines = rows.map(({ place, planMs }) => ({
    place,
    "plan p50 ms": figure(planMs.p50, { digits: 2 }),
    "p99 ms": figure(planMs.p99, { digits: 2 }),
    "p50 over here": figure(planMs.p50 / (near?.planMs.p50 ?? Number.NaN), { digits: 2 }),
  }));
  return [
    machineLine(machine),
    `model ${model.name} ${model.hash.slice(0, 12)}, ${plans} plans of each side, turn by turn`,
    table(lines),
    `greatest difference of any action: ${greatestDifference}; times that the server was given up: ${takenOver}`,
  ].join("\n");
}

function solverOn(sessions: SessionHost, config: LaunchConfig, model: Awaited<ReturnType<typeof draw>>["model"]): Promise<Solver> {
  const [skill] = skillsOf(config.task);
  if (!skill)
    throw new AgentError("launch.invalid", "task: names no skill to plan for; give bench remote a launch file whose task has one");
  const planner = { ...config.planner, policy: "mode2" as const };
  const { workspace } = config.guards;
  return openSolver({ package: model, skill, goalKind: "image", planner, adaptive: false, clock: new SystemClock(), workspace }, sessions);
}

/** A latent and a goal by chance: what a plan costs does not depend on them. */
function requestOf(latentDim: number, seed: number): PlanRequest {
  const rng = createRng(seed);
  const latent = (): Float32Array => rng.fillNormal(new Float32Array(latentDim));
  return { latent: latent(), goal: latent(), goalPositionM: [0, 0, 0], warmStart: null };
}

async function timed(
  solver: Solver,
  request: PlanRequest,
  seed: number,
): Promise<{ readonly ms: number; readonly actions: readonly number[] }> {
  const clock = new SystemClock();
  const startNs = clock.nowNs();
  const { actions } = await solver.plan(request, createRng(seed));
  return { ms: nsToMs(clock.nowNs() - startNs), actions: [...actions] };
}
