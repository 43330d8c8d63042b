/** A world along a line where what is far must be fetched before it can be brought: flat planning stays where it is, since every way to the goal first leads away from it. */
import { CHUNK_DECISIONS, type ModelPackage, type ModelRole } from "../../runtime/core/model.ts";
import { Graph, type Value } from "../../runtime/graph/builder.ts";
import { abs, add, cast, clip, concat, less, mul, reduceSum, reshape, slice, sub, where } from "../../runtime/graph/ops.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { writeTinyModel } from "./tiny-model.ts";

/** Seen: hand and thing in decisions of full action, and the hand's switch, 1 open; then where the hand is felt. */
const LATENT_DIM = 6;
const ACTION_DIM = 2;
/** The hand takes a thing that is no further than this. */
const GRASP = 0.5;

export interface Fetch {
  readonly hand: number;
  readonly thing: number;
  readonly grip: 1 | -1;
}

export const fetchLatent = ({ hand, thing, grip }: Fetch): Float32Array => Float32Array.of(hand, thing, grip, hand, 0, 0);
/** Nothing of a goal is felt. */
export const fetchGoal = (goal: Fetch): Float32Array => fetchLatent(goal).fill(0, 3);

/** What really happens, as the predictor has it. */
export function fetchStep({ hand, thing }: Fetch, [move, grip]: Float32Array): Fetch {
  const closes = grip! < 0;
  const isHeld = closes && Math.abs(hand - thing) < GRASP;
  return { hand: hand + move!, thing: isHeld ? thing + move! : thing, grip: closes ? -1 : 1 };
}

/** `networks` replaces some by others. */
export const fetchModel = (networks: Partial<Record<ModelRole, Uint8Array>> = {}): Promise<ModelPackage> =>
  loadModelPackage(
    writeTinyModel({
      networks: {
        predictor: predictor(),
        critic: critic(),
        policy: policy(),
        prior: prior(),
        subgoal: subgoal(),
        uncertainty: null,
        ...networks,
      },
      spec: {
        contract: 2,
        action: undefined,
        axes: [
          { name: "x", unit: "m", scale: 0.03, kind: "continuous" },
          { name: "gripper", unit: "1", scale: 1, kind: "switch" },
        ],
        toolHeightM: 0.03,
        proprioception: ["tool.x", "tool.y", "tool.z"].map((name) => ({ name, unit: "m", mean: 0, std: 0.03 })),
      },
    }),
  );

const entry = (g: Graph, latent: Value, at: number): Value => slice(g, latent, 1, at, at + 1);
const apart = (g: Graph, a: Value, b: Value): Value => abs(g, sub(g, a, b));

function predictor(): Uint8Array {
  const g = new Graph("fetch predictor");
  const latent = g.input("latent", "float32", [-1, LATENT_DIM]);
  const action = g.input("action", "float32", [-1, ACTION_DIM]);
  const [hand, thing, move, grip] = [entry(g, latent, 0), entry(g, latent, 1), entry(g, action, 0), entry(g, action, 1)];
  const isHeld = mul(g, cast(g, less(g, apart(g, hand, thing), GRASP), "float32"), cast(g, less(g, grip, 0), "float32"));
  const moved = add(g, hand, move);
  const side = where(g, less(g, grip, 0), -1, 1);
  const rest = slice(g, latent, 1, 4, LATENT_DIM);
  g.output("next", concat(g, [moved, add(g, thing, mul(g, isHeld, move)), side, moved, rest], 1));
  return g.toBytes();
}

/** How far hand and thing are from where they shall be, a switch counting a little: right from near, and wrong wherever the hand must go away first. */
function critic(): Uint8Array {
  const g = new Graph("fetch critic");
  const latent = slice(g, g.input("latent", "float32", [-1, LATENT_DIM]), 1, 0, 3);
  const goal = slice(g, g.input("goal", "float32", [-1, LATENT_DIM]), 1, 0, 3);
  const weighted = mul(g, apart(g, latent, goal), g.constant(Float32Array.of(1, 1, 0.25)));
  g.output("cost", reduceSum(g, weighted, [1], { keepDims: true }));
  return g.toBytes();
}

/** The habit: the hand where it shall be, and its switch as it shall be. */
export function policy(): Uint8Array {
  const g = new Graph("fetch policy");
  const latent = g.input("latent", "float32", [-1, LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, LATENT_DIM]);
  g.output("action", concat(g, [clip(g, sub(g, entry(g, goal, 0), entry(g, latent, 0)), -1, 1), entry(g, goal, 2)], 1));
  return g.toBytes();
}

/** Whatever play does: anything. */
function prior(): Uint8Array {
  const g = new Graph("fetch prior");
  for (const name of ["latent", "goal"]) g.input(name, "float32", [-1, LATENT_DIM]);
  const noise = g.input("noise", "float32", [-1, CHUNK_DECISIONS * ACTION_DIM]);
  g.output("chunk", reshape(g, clip(g, noise, -1, 1), [-1, CHUNK_DECISIONS, ACTION_DIM]));
  return g.toBytes();
}

/** First the open hand at the thing, then both where the thing shall be, give or take. */
function subgoal(): Uint8Array {
  const g = new Graph("fetch subgoal");
  const latent = g.input("latent", "float32", [-1, LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, LATENT_DIM]);
  const about = mul(g, g.input("noise", "float32", [-1, 3]), 0.1);
  const [hand, thing, wanted] = [entry(g, latent, 0), entry(g, latent, 1), entry(g, goal, 1)];
  const nothing = mul(g, latent, 0);
  const open = add(g, entry(g, nothing, 0), 1);
  const fetched = concat(g, [thing, thing, open], 1);
  const brought = concat(g, [wanted, wanted, mul(g, open, -1)], 1);
  const there = where(g, less(g, apart(g, hand, thing), GRASP), brought, fetched);
  g.output("subgoal", concat(g, [add(g, there, about), slice(g, nothing, 1, 3, LATENT_DIM)], 1));
  return g.toBytes();
}
