/** An inference server of this machine, from the words of the command line. */
import { once } from "node:events";
import { AgentError } from "../runtime/core/errors.ts";
import { readPem } from "../runtime/core/plain-file.ts";
import { checkToken } from "../runtime/core/secret.ts";
import { serve } from "../runtime/graph/inference/serve.ts";
import type { ProviderChoice } from "../runtime/graph/provider.ts";
import { openSessionWorker } from "../runtime/graph/session-host.ts";

export interface ServingOptions {
  readonly host: string;
  readonly port: number;
  readonly provider: ProviderChoice;
  readonly threads: number;
  /** Files, PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly token: string;
  /** Where the token came from, for messages. */
  readonly tokenKey: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Throws AgentError `launch.invalid` for what is not safe, `bridge.failed` when it cannot listen. */
export async function openServing({ host, port, provider, threads, cert, key, token, tokenKey }: ServingOptions) {
  if ((cert === undefined) !== (key === undefined)) throw new AgentError("launch.invalid", "--cert and --key go together; give both");
  if (cert === undefined && !LOOPBACK.test(host))
    throw new AgentError(
      "launch.invalid",
      `--host ${host}: other machines would be told the token in the clear; give --cert and --key as well`,
    );
  const tls = cert === undefined ? null : { cert: readPem("--cert", cert) as Buffer, key: readPem("--key", key ?? null) as Buffer };
  const worker = openSessionWorker({ threads });
  try {
    const serving = await serve({ host, port, token: checkToken(tokenKey, token), tls, worker, session: { provider, threads } });
    return {
      url: serving.url,
      token,
      /** Serves until it is told to end. */
      async until(signal: AbortSignal): Promise<void> {
        if (!signal.aborted) await once(signal, "abort");
        await serving[Symbol.asyncDispose]();
        await worker[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await worker[Symbol.asyncDispose]();
    throw error;
  }
}
