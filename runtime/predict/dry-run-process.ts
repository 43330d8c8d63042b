/** The process of a dry run: a worker thread runs the networks, this one watches how much memory they take. Started, never imported. */
import { SystemClock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { importModel } from "../graph/import.ts";
import { openSessionWorker, type PortInfo, type TensorData } from "../graph/session.ts";
import { checkFeeds, checkResults } from "../graph/tensor-data.ts";
import type { DryRun, DryRunResult } from "./dry-run.ts";

const WATCH_MS = 10;
const ARRAYS = { float32: Float32Array, int64: BigInt64Array, uint8: Uint8Array, bool: Uint8Array, int32: Int32Array } as const;

process.once("message", (request: DryRun) => {
  let at = "";
  watch(request.growthBytesMax, () => at).catch(failed);
  tryAll(request, (name) => {
    at = name;
  }).then(() => tell({ ok: true }), failed);
});

async function tryAll({ networks }: DryRun, trying: (name: string) => void): Promise<void> {
  const worker = openSessionWorker({ threads: 1 });
  for (const { name, bytes } of networks) {
    trying(name);
    const { inputs, outputs } = importModel(bytes, name); // As the file declares them; a session tells what ONNX Runtime has worked out.
    const session = await worker.open(bytes, { provider: "cpu", name });
    const feeds = zeros(inputs);
    checkResults(name, outputs, checkFeeds(name, inputs, feeds), await session.run(feeds));
  }
}

/** A batch of one. */
function zeros(inputs: readonly PortInfo[]): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, dtype, shape: declared }) => {
      const shape = declared.map((size) => Math.max(size, 1));
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, { dtype, shape, data: new ARRAYS[dtype](count) }];
    }),
  );
}

async function watch(growthBytesMax: number, trying: () => string): Promise<void> {
  const clock = new SystemClock();
  const bytesMax = process.memoryUsage.rss() + growthBytesMax;
  while (process.memoryUsage.rss() <= bytesMax) await clock.sleep(WATCH_MS);
  const allowed = `${Math.round(growthBytesMax / 2 ** 20)} MiB`;
  throw new AgentError("model.corrupt", `${trying()}: takes more than ${allowed} of memory for one picture; export a smaller network`);
}

function failed(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  tell({ ok: false, code: error instanceof AgentError ? error.code : null, message });
}

/** Ends by force: a thread that is inside ONNX Runtime cannot be ended otherwise, and goes on taking memory. */
function tell(result: DryRunResult): void {
  process.send?.(result, () => process.kill(process.pid, "SIGKILL"));
}
