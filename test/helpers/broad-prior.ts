/** A prior for the tiny model that has seen all there is: half of the way to the goal, and half of chance. */
import { CHUNK_DECISIONS } from "../../runtime/core/model.ts";
import { Graph } from "../../runtime/graph/builder.ts";
import { add, clip, concat, mul, reshape, slice, sub } from "../../runtime/graph/ops.ts";
import { TINY_LATENT_DIM } from "./tiny-model.ts";

/** For axes x, y or x, y, z. */
export function broadPrior(actionDim: number): Uint8Array {
  const g = new Graph("broad prior");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  const noise = g.input("noise", "float32", [-1, CHUNK_DECISIONS * actionDim]);
  const apart = sub(g, slice(g, goal, 1, 0, actionDim), slice(g, latent, 1, 0, actionDim));
  const way = mul(g, clip(g, mul(g, apart, 1 / CHUNK_DECISIONS), -1, 1), 0.5);
  const chunk = add(g, concat(g, new Array<typeof way>(CHUNK_DECISIONS).fill(way), 1), mul(g, noise, 0.5));
  g.output("chunk", reshape(g, clip(g, chunk, -1, 1), [-1, CHUNK_DECISIONS, actionDim]));
  return g.toBytes();
}
