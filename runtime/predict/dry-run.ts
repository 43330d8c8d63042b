/** Opens the networks of a package and lets each answer once, in a process of its own that is ended when it takes too much memory or time: what is vouched for has been seen to work. */
import type { ChildProcess } from "node:child_process";
import { SystemClock } from "../core/clock.ts";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import { MODEL_ROLES, type ModelPackage } from "../core/model.ts";
import { moduleUrl } from "../core/package-root.ts";
import { forkModule } from "../core/start-worker.ts";

/** What the process is sent: the networks by what messages call them, and how much memory it may take beyond what it starts with. */
export interface DryRun {
  readonly networks: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly growthBytesMax: number;
}

/** Its answer: nothing is wrong, or the first thing that is. */
export type DryRunResult = { readonly ok: true } | { readonly ok: false; readonly code: ErrorCode | null; readonly message: string };

const TIME_MS_MAX = 60_000;
/** For what lies between the layers; ours need a twentieth of it. */
const WORKING_BYTES = 256 * 2 ** 20;
/** A session holds its weights more than once while it is loaded. */
const COPIES = 4;

/** Throws `model.corrupt` for a network that cannot be opened or run, `model.mismatch` for one whose outputs have other shapes than it declares. */
export async function dryRun({ spec, networks }: ModelPackage): Promise<void> {
  const given = MODEL_ROLES.flatMap((role) => (networks[role] ? [{ name: `${spec.name} ${role}`, bytes: networks[role] }] : []));
  const stored = given.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const result = await answer({ networks: given, growthBytesMax: WORKING_BYTES + COPIES * stored }, spec.name);
  if (result.ok) return;
  if (result.code) throw new AgentError(result.code, result.message);
  throw new Error(result.message);
}

async function answer(request: DryRun, name: string): Promise<DryRunResult> {
  const entry = moduleUrl("./dry-run-process.ts", import.meta.url);
  const child = forkModule(entry, { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const late = new AbortController();
  try {
    const told = new Promise<DryRunResult>((resolve) => {
      child.once("message", resolve as (message: unknown) => void);
      child.once("error", ({ message }) => resolve(failure(name, message)));
      child.once("close", () => resolve(failure(name, `its process ended: ${child.signalCode ?? `exit code ${child.exitCode}`}`)));
    });
    child.send(request);
    const tooLong = new SystemClock().sleep(TIME_MS_MAX, late.signal).then(() => failure(name, `no answer within ${TIME_MS_MAX / 1000} s`));
    return await Promise.race([told, tooLong]);
  } finally {
    late.abort();
    end(child);
  }
}

const failure = (name: string, why: string): DryRunResult => ({
  ok: false,
  code: "model.corrupt",
  message: `${name}: its networks could not be tried (${why}); export smaller ones, or train or download the package again`,
});

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}
