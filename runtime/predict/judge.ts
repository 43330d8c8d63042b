/** How far the goal is, as the model itself perceives it: the critic's estimate, and tool (in space) and object (over the table) where the goal is a position. */
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Latent } from "../core/planning.ts";
import type { Goal, Measures } from "../core/skill.ts";
import { distanceM, type Vec3 } from "../core/vec3.ts";
import { Graph } from "../graph/builder.ts";
import { importModel } from "../graph/import.ts";
import { floats, type Session, type SessionOptions, type TensorData } from "../graph/session.ts";

export interface JudgedGoal {
  readonly kind: Goal["kind"];
  readonly latent: Latent;
  /** Ignored for goals of kind "image". */
  readonly positionM: Vec3;
}

export interface Judge extends AsyncDisposable {
  /** Throws AgentError `model.not-finite`. */
  measure(latent: Latent, goal: JudgedGoal, signal?: AbortSignal): Promise<Measures>;
  /** Where the probe sees the object, metres, base frame; null when the package has no probe. */
  objectM(latent: Latent): Promise<Vec3 | null>;
}

export interface JudgeOptions {
  readonly package: ModelPackage;
  readonly open: (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
}

/** Critic and probe in one session; disposing closes it. */
export async function createJudge({ package: model, open }: JudgeOptions): Promise<Judge> {
  const { spec } = model;
  const name = `${spec.name} judge`;
  const session = await open(judgeGraph(model), { name });
  const run = async (latent: Latent, goal: Latent, signal?: AbortSignal): Promise<{ cost: number; object: Vec3 | null }> => {
    const feeds = { latent: floats(latent, [1, spec.latentDim]), goal: floats(goal, [1, spec.latentDim]) };
    const outputs = await session.run(feeds, signal);
    const [cost] = numbers(name, outputs, "cost", 1) as readonly [number];
    const object = outputs["object"] ? (numbers(name, outputs, "object", 3) as readonly number[] as Vec3) : null;
    if (Number.isFinite(cost) && (object === null || object.every(Number.isFinite))) return { cost, object };
    const said = `critic says ${cost} decisions, probe (${object?.join(", ") ?? "none"}) m`;
    throw new AgentError("model.not-finite", `${name}: ${said}, must be finite; check the latent, then the weights`);
  };
  return {
    async measure(latent, goal, signal) {
      const { cost, object } = await run(latent, goal.latent, signal);
      return {
        criticCost: goal.kind === "image" ? cost : null,
        toolToGoalM: goal.kind === "tool" ? distanceM(toolOf(spec, latent), goal.positionM) : null,
        objectToGoalM: goal.kind === "object" && object ? Math.hypot(object[0] - goal.positionM[0], object[1] - goal.positionM[1]) : null,
        ...(object ? { objectM: object } : {}),
      };
    },
    objectM: async (latent) => (await run(latent, latent)).object,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** The numbers of an output, and as many as there have to be. */
function numbers(name: string, outputs: Readonly<Record<string, TensorData>>, output: string, count: number): readonly number[] {
  const { data } = outputs[output]!;
  if (data.length === count) return Array.from(data as Float32Array);
  throw new AgentError(
    "model.mismatch",
    `${name}: output "${output}" comes out with ${data.length} numbers, not ${count}; export it again`,
  );
}

function judgeGraph({ spec, networks }: ModelPackage): Uint8Array {
  const g = new Graph("judge");
  const latent = g.input("latent", "float32", [1, spec.latentDim]);
  const goal = g.input("goal", "float32", [1, spec.latentDim]);
  g.output("cost", g.inline(importModel(networks.critic, `${spec.name} critic`), { latent, goal })["cost"]!);
  if (networks.probe) g.output("object", g.inline(importModel(networks.probe, `${spec.name} probe`), { latent })["object"]!);
  return g.toBytes();
}

/** The tool point that a latent holds, metres, base frame: the first of its proprioception. */
export function toolOf({ proprioception, latentDim }: Pick<ModelPackage["spec"], "proprioception" | "latentDim">, latent: Latent): Vec3 {
  const first = latentDim - proprioception.length;
  const at = (axis: number): number => latent[first + axis]! * proprioception[axis]!.std + proprioception[axis]!.mean;
  return [at(0), at(1), at(2)];
}
