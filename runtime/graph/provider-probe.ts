/** Tries every execution provider on a tiny model, for `foresight doctor`. */
import { Graph } from "./builder.ts";
import { openSession } from "./local-session.ts";
import { relu } from "./ops.ts";
import type { ProviderName } from "./provider.ts";

export interface ProviderStatus {
  readonly name: ProviderName;
  readonly available: boolean;
  /** Why not, and what to do; null when available. */
  readonly reason: string | null;
}

const PROVIDERS: readonly ProviderName[] = ["cpu", "webgpu", "cuda", "tensorrt"];

/** What works on this machine. Blocks this thread for up to seconds where a GPU starts up. */
export async function availableProviders(): Promise<ProviderStatus[]> {
  const bytes = probeModel();
  const statuses: ProviderStatus[] = [];
  for (const name of PROVIDERS) {
    await using session = await openSession(bytes, { provider: name, threads: 1, name: "probe" });
    statuses.push({ name, available: session.provider === name, reason: session.fallbackReason });
  }
  return statuses;
}

function probeModel(): Uint8Array {
  const graph = new Graph("probe");
  graph.output("y", relu(graph, graph.input("x", "float32", [1])));
  return graph.toBytes();
}
