/** Child process of webgpu.slow.test.ts: one plan-like model on cpu and on webgpu, the differences as JSON on standard output. Not a test itself. */
import { SystemClock } from "../../../runtime/core/clock.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import { importModel } from "../../../runtime/graph/import.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { floats, openSession, openSessionWorker, type Session, type TensorData } from "../../../runtime/graph/session.ts";

const LATENT = 32;
const ACTION = 2;
const SAMPLES = 64;
const HORIZON = 5;
const ELITES = 8;

/** What the child prints. */
export interface Parity {
  readonly provider: string;
  readonly fallbackReason: string | null;
  /** Largest absolute difference between the providers, by output. */
  readonly differenceMax: Readonly<Record<string, number>>;
  /** Largest magnitude on the cpu, by output: a difference means nothing without it. */
  readonly magnitudeMax: Readonly<Record<string, number>>;
  /** The same model on webgpu in a worker thread gives the same bytes. */
  readonly workerEqual: boolean;
  readonly openMs: number;
  readonly firstRunMs: number;
  readonly laterRunMs: number;
  readonly cpuRunMs: number;
}

function linear(g: Graph, rng: Rng, x: Value, width: number): Value {
  const inner = x.shape.at(-1) as number;
  const weights = rng.fillNormal(new Float32Array(inner * width)).map((value) => value / Math.sqrt(inner));
  return ops.add(g, ops.matMul(g, x, g.constant(weights, [inner, width])), g.constant(rng.fillNormal(new Float32Array(width))));
}

function normalised(g: Graph, x: Value): Value {
  const width = x.shape.at(-1) as number;
  return ops.layerNorm(g, x, g.constant(new Float32Array(width).fill(1)), g.constant(new Float32Array(width)));
}

/** frames uint8 (1, 2, 64, 64, 3) -> latent (1, LATENT): 64 patches of 8 x 8 pixels of both cameras, matrix products only. */
function encode(g: Graph, rng: Rng, frames: Value): Value {
  const scaled = ops.div(g, ops.cast(g, frames, "float32"), 255);
  const cut = ops.reshape(g, scaled, [2, 8, 8, 8, 8, 3]); // (camera, row, y, column, x, channel)
  const patches = ops.reshape(g, ops.transpose(g, cut, [1, 3, 0, 2, 4, 5]), [64, 384]); // (patch, pixels)
  const merged = ops.reshape(g, ops.gelu(g, linear(g, rng, normalised(g, patches), 32)), [1, 64 * 32]);
  return linear(g, rng, normalised(g, merged), LATENT);
}

function predictor(rng: Rng): Uint8Array {
  const g = new Graph("predictor");
  const latent = g.input("latent", "float32", [-1, LATENT]);
  const action = g.input("action", "float32", [-1, ACTION]);
  const hidden = ops.relu(g, linear(g, rng, normalised(g, linear(g, rng, ops.concat(g, [latent, action], 1), 64)), 64));
  g.output("next", ops.add(g, latent, ops.mul(g, linear(g, rng, hidden, LATENT), 0.3)));
  return g.toBytes();
}

/** Encoder, five predicted steps, a cost and a soft minimum over the candidates, and the same with TopK as the solvers write it. */
function planModel(rng: Rng): Uint8Array {
  const g = new Graph("plan");
  const model = importModel(predictor(rng), "predictor.onnx");
  const latent = encode(g, rng, g.input("frames", "uint8", [1, 2, 64, 64, 3]));
  const actions = ops.clip(g, g.input("noise", "float32", [SAMPLES, HORIZON, ACTION]), -1, 1);
  const goal = g.input("goal", "float32", [1, LATENT]);
  let state = ops.expand(g, latent, [SAMPLES, LATENT]);
  for (let step = 0; step < HORIZON; step++) {
    const action = ops.reshape(g, ops.slice(g, actions, 1, step, step + 1), [SAMPLES, ACTION]);
    state = g.inline(model, { latent: state, action })["next"] as Value;
  }
  const distance = ops.reduceMean(g, ops.square(g, ops.sub(g, state, goal)), [1]); // (samples)
  const bounded = ops.where(g, ops.greater(g, distance, 100), 100, distance);
  const weights = ops.softmax(g, ops.neg(g, bounded)); // (samples)
  const flat = ops.reshape(g, actions, [SAMPLES, HORIZON * ACTION]);
  const elites = ops.topK(g, bounded, ELITES, 0, { largest: false });
  g.output("latent", latent);
  g.output("state", state);
  g.output("cost", bounded);
  g.output("softPlan", ops.matMul(g, ops.reshape(g, weights, [1, SAMPLES]), flat));
  g.output("elitePlan", ops.reduceMean(g, ops.gather(g, flat, elites.indices), [0]));
  return g.toBytes();
}

const clock = new SystemClock();
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startNs = clock.nowNs();
  const value = await work();
  return [value, Number(clock.nowNs() - startNs) / 1e6];
}

const largest = (data: TensorData["data"], f: (value: number, i: number) => number): number =>
  Array.from(data as Iterable<number | bigint>, (value, i) => f(Number(value), i)).reduce((a, b) => Math.max(a, b), 0);

async function compare(): Promise<Parity> {
  const rng = createRng(11);
  const bytes = planModel(rng);
  const feeds = {
    frames: { dtype: "uint8", shape: [1, 2, 64, 64, 3], data: Uint8Array.from({ length: 2 * 64 * 64 * 3 }, () => rng.between(0, 256)) },
    noise: floats(rng.fillNormal(new Float32Array(SAMPLES * HORIZON * ACTION)), [SAMPLES, HORIZON, ACTION]),
    goal: floats(rng.fillNormal(new Float32Array(LATENT)), [1, LATENT]),
  } as const;
  await using cpu = await openSession(bytes, { provider: "cpu", threads: 1 });
  const [expected] = await timed(() => cpu.run(feeds));
  const [, cpuRunMs] = await timed(() => cpu.run(feeds));
  const [session, openMs] = await timed<Session>(() => openSession(bytes, { provider: "webgpu", threads: 1 }));
  await using gpu = session;
  const [actual, firstRunMs] = await timed(() => gpu.run(feeds));
  const [, laterRunMs] = await timed(() => gpu.run(feeds));
  await using host = openSessionWorker({ threads: 1 });
  await using remote = await host.open(bytes, { provider: "webgpu" });
  const there = await remote.run(feeds);
  const byOutput = (f: (name: string, tensor: TensorData) => number): Record<string, number> =>
    Object.fromEntries(Object.entries(expected).map(([name, tensor]) => [name, f(name, tensor)]));
  return {
    provider: gpu.provider,
    fallbackReason: gpu.fallbackReason,
    differenceMax: byOutput((name, { data }) => largest(data, (value, i) => Math.abs(value - Number(actual[name]?.data[i])))),
    magnitudeMax: byOutput((_, { data }) => largest(data, Math.abs)),
    workerEqual: remote.provider === "webgpu" && JSON.stringify(there) === JSON.stringify(actual),
    openMs,
    firstRunMs,
    laterRunMs,
    cpuRunMs,
  };
}

process.stdout.write(JSON.stringify(await compare()));
