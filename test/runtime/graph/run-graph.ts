/** Runs a small graph built by a test through a real session on the cpu. */
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import { openSession, type TensorData } from "../../../runtime/graph/session.ts";

/** Declares the feeds as inputs, lets `build` make the outputs by name, and runs it. */
export async function runGraph(
  feeds: Readonly<Record<string, TensorData>>,
  build: (g: Graph, inputs: Record<string, Value>) => Record<string, Value>,
): Promise<Record<string, TensorData>> {
  const g = new Graph("test");
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]));
  const outputs = build(g, inputs);
  for (const [name, value] of Object.entries(outputs)) g.output(name, value);
  await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1, name: "test" });
  const results = await session.run(feeds);
  for (const [name, value] of Object.entries(outputs)) {
    const result = results[name] as TensorData;
    if (result.dtype !== value.dtype || result.shape.join() !== value.shape.join()) {
      throw new Error(`${name}: inferred ${value.dtype} [${value.shape}], the runtime made ${result.dtype} [${result.shape}]`);
    }
  }
  return results;
}
