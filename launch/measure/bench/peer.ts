/** The same plan in PyTorch, for comparison: runs test/reference/plan_bench.py where a Python with torch is at hand, or says why not. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../../runtime/core/json.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { round } from "../../../runtime/core/statistics.ts";
import type { PlanSize } from "./plan-size.ts";

export interface Peer extends PlanSize {
  readonly framework: string;
  readonly threads: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Its median over our median plan time: above 1 we are faster. */
  readonly ratio: number;
}

export type PeerRow = Peer | { readonly missing: string };

export interface PeerOptions {
  /** Path of a Python interpreter, or null for none. */
  readonly python: string | null;
  /** Of the model package. */
  readonly folder: string;
  readonly threads: number;
  readonly size: PlanSize;
  readonly planP50Ms: number;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 300_000;
const answer = z.object({
  framework: z.string(),
  threads: z.int(),
  samples: z.int(),
  iterations: z.int(),
  horizon: z.int(),
  p50Ms: z.number().positive(),
  p99Ms: z.number().positive(),
});

export async function runPeer({ python, folder, threads, size, planP50Ms, signal }: PeerOptions): Promise<PeerRow> {
  const script = join(packageRoot, "test/reference/plan_bench.py");
  if (python === null) return { missing: "no Python given; use --torch PYTHON, one that has torch and onnx" };
  if (!existsSync(script)) return { missing: `${script} does not exist: only the source tree has it, not the installed package` };
  const sizes = ["samples", "iterations", "horizon"].flatMap((key) => [`--${key}`, String(size[key as keyof PlanSize])]);
  const args = [script, "--package", folder, "--threads", String(threads), ...sizes];
  const { stdout, failure } = await run(python, args, signal);
  if (failure !== null) return { missing: `${python} ${script} failed: ${failure}` };
  const parsed = answer.safeParse(jsonOf(stdout.trim().split("\n").at(-1) ?? ""));
  if (!parsed.success) return { missing: `${script} did not print its line of JSON: ${stdout.slice(-200)}` };
  return { ...parsed.data, ratio: round(parsed.data.p50Ms / planP50Ms, 2) };
}

function run(python: string, args: readonly string[], signal: AbortSignal): Promise<{ stdout: string; failure: string | null }> {
  return new Promise((resolve) => {
    execFile(python, args, { signal, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      const last = stderr.trim().split("\n").at(-1) ?? "";
      resolve({ stdout, failure: error ? last || error.message : null });
    });
  });
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null; // Not JSON: the caller says what was printed instead.
  }
}
