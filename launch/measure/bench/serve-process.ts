/** A `foresight serve` in a process of its own, for benches that are not given a server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { AgentError } from "../../../runtime/core/errors.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { newToken } from "../../../runtime/core/secret.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { localProvider } from "../../inference.ts";

/** Computes on what the launch file computes on. Throws AgentError `bridge.failed` when it does not start. */
export async function startServer(model: LaunchConfig["model"], signal: AbortSignal) {
  const token = newToken();
  const args = ["serve", "--port", "0", "--provider", localProvider(model), "--threads", String(model.threads)];
  const child = spawn(process.execPath, [join(packageRoot, "launch/foresight.mjs"), ...args], {
    env: { ...process.env, FORESIGHT_SERVE_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
    signal,
    killSignal: "SIGTERM",
  });
  child.on("error", () => {}); // Its end says it as well.
  const ended = once(child, "exit").then(([code]) => {
    throw new AgentError("bridge.failed", `foresight serve ended with ${code}; start it by hand to see why`);
  });
  ended.catch(() => {});
  const url = new Promise<string>((resolve) => {
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const at = /serving on (\S+);/.exec(out)?.[1];
      if (at) resolve(at);
    });
  });
  const server = await Promise.race([url, ended]);
  return {
    provider: { server, token, caFile: null, certFile: null, keyFile: null },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended.catch(() => {});
    },
  };
}
