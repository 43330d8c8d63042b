/** Networks for the tiny model's point mass that fail for some candidates: what a solver must notice. */
import { Graph } from "../../runtime/graph/builder.ts";
import { abs, add, concat, slice, sqrt, sub } from "../../runtime/graph/ops.ts";
import { TINY_LATENT_DIM } from "./tiny-model.ts";

/** Moves x by the root of the action plus 0.9: NaN for the few candidates below -0.9. */
export function rootPredictor(): Uint8Array {
  const g = new Graph("root predictor");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const action = g.input("action", "float32", [-1, 2]);
  const x = add(g, slice(g, latent, 1, 0, 1), sqrt(g, add(g, slice(g, action, 1, 0, 1), 0.9)));
  g.output("next", concat(g, [x, slice(g, latent, 1, 1, TINY_LATENT_DIM)], 1));
  return g.toBytes();
}

/** Looks at y alone, so that it does not see a NaN in x. */
export function sidewaysCritic(): Uint8Array {
  const g = new Graph("sideways critic");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  g.output("cost", abs(g, sub(g, slice(g, latent, 1, 1, 2), slice(g, goal, 1, 1, 2))));
  return g.toBytes();
}
