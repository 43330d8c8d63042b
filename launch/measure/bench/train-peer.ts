/** The same training step in PyTorch, in a process of its own that waits between its turns: test/reference/bench_train.py. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { AgentError } from "../../../runtime/core/errors.ts";
import { parseJson } from "../../../runtime/core/json.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

export interface TrainPeer extends Disposable {
  readonly framework: string;
  /** Milliseconds of each step, and the peak resident memory of the process so far, MiB. */
  steps(count: number): Promise<{ readonly stepMs: readonly number[]; readonly peakMib: number }>;
}

const hello = z.object({ framework: z.string() });
const answer = z.object({ stepMs: z.array(z.number().positive()).min(1), peakMib: z.number().positive() });

/** `sizes` are the script's options. Resolves once torch is loaded, or with the reason why there is no peer. */
export async function startTrainPeer(
  python: string | null,
  sizes: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<TrainPeer | { readonly missing: string }> {
  const script = join(packageRoot, "test/reference/bench_train.py");
  if (python === null) return { missing: "no Python given; use --torch PYTHON, one that has torch" };
  if (!existsSync(script)) return { missing: `${script} does not exist: only the source tree has it, not the installed package` };
  const args = [script, ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)])];
  const child = spawn(python, args, { signal, stdio: ["pipe", "pipe", "pipe"] });
  let ended: string | null = null;
  let stderr = "";
  child.on("error", (error) => {
    ended = error.message;
  });
  child.stdin.on("error", () => undefined); // The process is gone: its last words on stderr say why.
  child.stderr.on("data", (chunk) => {
    stderr = (stderr + chunk).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done)
      throw new AgentError(
        "bridge.lost",
        `${python} ${script} ended: ${ended ?? stderr.trim().split("\n").at(-1)}; start it by hand to see why`,
      );
    return parseJson(value);
  };
  try {
    const { framework } = hello.parse(await next());
    return {
      framework,
      steps: async (count) => {
        child.stdin.write(`${count}\n`);
        return answer.parse(await next());
      },
      [Symbol.dispose]: () => void child.stdin.end(),
    };
  } catch (error) {
    child.stdin.end();
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
