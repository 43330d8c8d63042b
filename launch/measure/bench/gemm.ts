/** Matrix products of known size: the processor's peak, and a load as heavy as a planner. */
import { nsToSeconds, SystemClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { matMul } from "../../../runtime/graph/ops.ts";
import { floats, openSession, type TensorData } from "../../../runtime/graph/session.ts";

export interface ProductChain {
  readonly bytes: Uint8Array;
  readonly feeds: Readonly<Record<string, TensorData>>;
  readonly gflop: number;
}

/** `count` products in a row of (rows, size) with a constant (size, size), float32. */
export function productChain(rows: number, size: number, count: number): ProductChain {
  const g = new Graph("products");
  const rng = createRng(1);
  const weights = rng.fillNormal(new Float32Array(size * size)).map((value) => value / Math.sqrt(size)); // Keeps the values' spread.
  let x = g.input("x", "float32", [rows, size]);
  const constant = g.constant(weights, [size, size]);
  for (let i = 0; i < count; i++) x = matMul(g, x, constant);
  g.output("y", x);
  const feeds = { x: floats(rng.fillNormal(new Float32Array(rows * size)), [rows, size]) };
  return { bytes: g.toBytes(), feeds, gflop: (2 * rows * size * size * count) / 1e9 };
}

/** The best of a few runs of four products of 1024 x 1024 x 1024, float32, GFLOP/s: what the processor can do at most through ONNX Runtime. */
export async function gemmPeakGflops(threads: number, runs = 12): Promise<number> {
  const clock = new SystemClock();
  const chain = productChain(1024, 1024, 4);
  await using session = await openSession(chain.bytes, { provider: "cpu", threads, name: "matrix product" });
  let best = 0;
  for (let run = 0; run < runs; run++) {
    const startNs = clock.nowNs();
    await session.run(chain.feeds);
    best = Math.max(best, chain.gflop / nsToSeconds(clock.nowNs() - startNs));
  }
  return best;
}
