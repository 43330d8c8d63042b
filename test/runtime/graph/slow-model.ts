/** A model whose run takes long enough to be caught at it. */
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { floats, type Session, type SessionWorker, type TensorData } from "../../../runtime/graph/session.ts";

const ROWS = 2_000;
const WIDTH = 512;

/** Opens the model (about 40 GFLOP a run) in the worker and starts a run; resolves while it runs. */
export async function startSlowRun(host: SessionWorker): Promise<{ session: Session; running: Promise<Record<string, TensorData>> }> {
  const g = new Graph("slow");
  const weights = g.constant(new Float32Array(WIDTH * WIDTH).fill(1 / WIDTH), [WIDTH, WIDTH]);
  let x: Value = g.input("x", "float32", [ROWS, WIDTH]);
  for (let layer = 0; layer < 40; layer++) x = ops.matMul(g, x, weights);
  g.output("y", x);
  const session = await host.open(g.toBytes(), { provider: "cpu" });
  const running = session.run({ x: floats(new Float32Array(ROWS * WIDTH), [ROWS, WIDTH]) });
  running.catch(() => undefined); // The caller may never look.
  while (!host.busy) await new Promise((resolve) => setImmediate(resolve));
  return { session, running };
}
