/** Graphs that the servers of these tests run, and what to ask them. */
import { createRng } from "../../runtime/core/rng.ts";
import { Graph } from "../../runtime/graph/builder.ts";
import * as ops from "../../runtime/graph/ops.ts";
import { floats, type TensorData } from "../../runtime/graph/session.ts";

/** x float32 (rows, 16), flag int64 (1) -> y float32 (rows, 8), best int64 (rows, 2). */
export function smallModel(seed: number): Uint8Array {
  const rng = createRng(seed);
  const g = new Graph("small");
  const x = g.input("x", "float32", [-1, 16]);
  const flag = g.input("flag", "int64", [1]);
  const weights = g.constant(rng.fillNormal(new Float32Array(16 * 8)), [16, 8]);
  const hidden = ops.gelu(g, ops.matMul(g, x, weights));
  g.output("y", ops.add(g, hidden, ops.cast(g, flag, "float32")));
  g.output("best", ops.topK(g, hidden, 2).indices);
  return g.toBytes();
}

export const smallFeeds = (rows: number): Readonly<Record<string, TensorData>> => ({
  x: floats(createRng(rows).fillNormal(new Float32Array(rows * 16)), [rows, 16]),
  flag: { dtype: "int64", shape: [1], data: BigInt64Array.of(2n) },
});
