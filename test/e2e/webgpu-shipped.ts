/** Child process of webgpu-shipped.test.ts: encoder, rollout and costs of the shipped push model on cpu and on webgpu. Not a test itself. */
import { join } from "node:path";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import type { TrialStart } from "../../runtime/core/trial.ts";
import { createEncoder } from "../../runtime/encode/encoder.ts";
import { Graph } from "../../runtime/graph/builder.ts";
import { importModel } from "../../runtime/graph/import.ts";
import { expand } from "../../runtime/graph/ops.ts";
import { floats, openSession, type Session, type SessionOptions } from "../../runtime/graph/session.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { createWorldModel } from "../../runtime/predict/world-model.ts";
import { SimDriver } from "../../sim/sim-driver.ts";
import { trialFor } from "../helpers/trials.ts";

const SAMPLES = 32;
const HORIZON = 5;

/** What the child prints: largest absolute differences and, on the cpu, largest magnitudes. */
export interface ShippedParity {
  readonly provider: string;
  readonly fallbackReason: string | null;
  readonly differenceMax: Readonly<Record<"latent" | "rollout" | "cost", number>>;
  readonly magnitudeMax: Readonly<Record<"latent" | "rollout" | "cost", number>>;
}

const model = await loadModelPackage(join(packageRoot, "robots/panda/world-models/push"));
const { cameras, latentDim, axes } = model.spec;
const driver = await SimDriver.create({ robot: pandaSpec, scene: defaultScene, cameras, supersample: 2 });
const { answer } = await driver.place("reset", await trialFor("push", 900));
const frames = driver.framesNow(0n);
const { goalFrames, truth } = answer as TrialStart;
const candidates = createRng(1)
  .fillNormal(new Float32Array(SAMPLES * HORIZON * axes.length))
  .map((value) => Math.max(-1, Math.min(1, value)));

function criticGraph(): Uint8Array {
  const g = new Graph("costs");
  const latent = g.input("latent", "float32", [SAMPLES, latentDim]);
  const goal = expand(g, g.input("goal", "float32", [1, latentDim]), [SAMPLES, latentDim]);
  g.output("cost", g.inline(importModel(model.networks.critic), { latent, goal })["cost"]!);
  return g.toBytes();
}

async function imagine(provider: "cpu" | "webgpu") {
  let first: Session | null = null;
  const open = async (bytes: Uint8Array, options?: SessionOptions): Promise<Session> => {
    const session = await openSession(bytes, { ...options, provider });
    first ??= session;
    return session;
  };
  const encoder = await createEncoder({ package: model, open, toolAt: () => truth.toolM });
  const world = await createWorldModel({ package: model, open, chunk: SAMPLES, horizonMax: HORIZON });
  const joints = { positionRad: new Float64Array(7), velocityRadPerS: new Float64Array(7), stampNs: 0n, receivedNs: 0n };
  const latent = await encoder.encode({ stampNs: 0n, receivedNs: 0n, frames, joints });
  const goal = await encoder.encodeGoal(goalFrames);
  const { latents } = await world.rollout(latent, candidates, SAMPLES, HORIZON);
  const last = new Float32Array(SAMPLES * latentDim);
  for (let i = 0; i < SAMPLES; i++)
    last.set(latents.subarray(((i + 1) * HORIZON - 1) * latentDim, (i + 1) * HORIZON * latentDim), i * latentDim);
  const costs = await (await open(criticGraph())).run({ latent: floats(last, [SAMPLES, latentDim]), goal: floats(goal, [1, latentDim]) });
  return { session: first as Session | null, latent, rollout: latents, cost: costs["cost"]?.data as Float32Array };
}

const cpu = await imagine("cpu");
const gpu = await imagine("webgpu");
const names = ["latent", "rollout", "cost"] as const;
const largest = (of: (name: (typeof names)[number], i: number) => number) =>
  Object.fromEntries(
    names.map((name) => [name, cpu[name].reduce((max, _, i) => Math.max(max, of(name, i)), 0)]),
  ) as ShippedParity["differenceMax"];
const parity: ShippedParity = {
  provider: gpu.session?.provider ?? "none",
  fallbackReason: gpu.session?.fallbackReason ?? null,
  differenceMax: largest((name, i) => Math.abs(cpu[name][i]! - gpu[name][i]!)),
  magnitudeMax: largest((name, i) => Math.abs(cpu[name][i]!)),
};
console.log(JSON.stringify(parity));
process.exit(0);
