/** Inference servers in processes of their own: our own (`foresight serve`) and a real Triton, fetched once by test/remote/setup. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCli } from "../helpers/cli.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
export const TOKEN = "a-token-for-tests-only";

/** The Python with Triton, or why there is none: then the tests that need it skip, which is a failure in CI. */
export const tritonPython: { readonly python: string; readonly missing: false } | { readonly python: null; readonly missing: string } =
  fetched();

function fetched(): typeof tritonPython {
  const { status, stdout, stderr } = spawnSync("bash", [join(here, "setup")], { encoding: "utf8" });
  if (status === 0) return { python: stdout.trim().split("\n").at(-1) as string, missing: false };
  return { python: null, missing: `test/remote/setup cannot fetch Triton: ${stderr.trim().split("\n").at(-1)}` };
}

export interface Peer extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly url: string;
}

/** `foresight serve` with the token of these tests; port 0 for any. */
export async function startServe(port = 0, ...flags: readonly string[]): Promise<Peer> {
  const running = startCli(["serve", "--port", String(port), "--provider", "cpu", "--threads", "1", ...flags], {
    FORESIGHT_SERVE_TOKEN: TOKEN,
  });
  const url = /serving on (\S+);/.exec(await running.saw(/serving on \S+;/))?.[1] as string;
  return { process: running.child, url, [Symbol.asyncDispose]: () => end(running.child) };
}

export interface Triton extends AsyncDisposable {
  readonly http: string;
  readonly grpc: string;
}

/** A Triton that has the ONNX files of the folder. */
export async function startTriton(folder: string): Promise<Triton> {
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const child = spawn(tritonPython.python as string, [join(here, "triton.py"), folder, String(httpPort), String(grpcPort)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = (said + chunk).slice(-4_000);
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => String(chunk).includes("ready") && resolve());
    child.once("exit", (code) => reject(new Error(`Triton ended with ${code}: ${said}`)));
  });
  return { http: `http://127.0.0.1:${httpPort}`, grpc: `grpc://127.0.0.1:${grpcPort}`, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGCONT"); // One that a test froze.
  child.stdin?.end();
  child.kill("SIGTERM");
  await gone;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
