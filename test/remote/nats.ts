/** A real NATS server with JetStream in a process of its own, fetched once by test/remote/setup-jobs. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./peers.ts";

/** The program, or why there is none: then the tests that need it skip, which is a failure in CI. */
export const natsServer: { readonly program: string; readonly missing: false } | { readonly program: null; readonly missing: string } =
  fetched();

function fetched(): typeof natsServer {
  const { status, stdout, stderr } = spawnSync("bash", [fileURLToPath(new URL("setup-jobs", import.meta.url))], { encoding: "utf8" });
  if (status === 0) return { program: stdout.trim().split("\n").at(-1) as string, missing: false };
  return { program: null, missing: `test/remote/setup-jobs cannot fetch a NATS server: ${stderr.trim().split("\n").at(-1)}` };
}

export interface Nats extends AsyncDisposable {
  readonly url: string;
  /** Killed like a process that the machine has no memory for, and started again on what it had written. */
  killAndStart(): Promise<void>;
}

export interface NatsOptions {
  readonly token?: string;
  /** Files, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export async function startNats({ token, tls }: NatsOptions = {}): Promise<Nats> {
  const folder = mkdtempSync(join(tmpdir(), "foresight-nats-"));
  const port = await freePort();
  const config = join(folder, "nats.conf");
  writeFileSync(
    config,
    [
      `listen: "127.0.0.1:${port}"`,
      `jetstream: { store_dir: ${JSON.stringify(join(folder, "store"))} }`,
      ...(token ? [`authorization: { token: ${JSON.stringify(token)} }`] : []),
      ...(tls ? [`tls: { cert_file: ${JSON.stringify(tls.cert)}, key_file: ${JSON.stringify(tls.key)} }`] : []),
    ].join("\n"),
  );
  let server = await start(config);
  return {
    url: `${tls ? "tls" : "nats"}://127.0.0.1:${port}`,
    async killAndStart() {
      await end(server, "SIGKILL");
      server = await start(config);
    },
    async [Symbol.asyncDispose]() {
      await end(server, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(config: string): Promise<ChildProcess> {
  const child = spawn(natsServer.program as string, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      said = (said + chunk).slice(-4000);
      if (said.includes("Server is ready")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`nats-server ended with ${code}: ${said}`)));
  });
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
