/** From `model.provider` of a launch file to where models are opened. */

import { readPem } from "../runtime/core/plain-file.ts";
import { createRng } from "../runtime/core/rng.ts";
import { type InferenceServer, openInferenceServer } from "../runtime/graph/inference/open-server.ts";
import type { ProviderChoice } from "../runtime/graph/provider.ts";
import type { SessionWorker } from "../runtime/graph/session-host.ts";
import type { LaunchConfig } from "./config/schema.ts";

/** Where models are opened in this computer: all of them, or those that stay here beside a server. */
export const localProvider = ({ provider }: LaunchConfig["model"]): ProviderChoice => (typeof provider === "string" ? provider : "auto");

/** As a person would name it. */
export const askedProvider = ({ provider }: LaunchConfig["model"]): string => (typeof provider === "string" ? provider : provider.server);

/** Marks the generator of the pauses between attempts. */
const PAUSES = 0x5e7;

/** The inference server of a launch file, or null. Throws AgentError `launch.invalid` for a file that cannot be read. */
export async function inferenceServerOf(
  { model: { provider }, seed }: Pick<LaunchConfig, "model" | "seed">,
  worker: SessionWorker,
  say: (line: string) => void,
): Promise<InferenceServer | null> {
  if (typeof provider === "string") return null;
  const { server: url, token, deadlineMs } = provider;
  const pem = (key: "caFile" | "certFile" | "keyFile") => readPem(`model.provider.${key}`, provider[key]);
  return openInferenceServer({
    ...{ url, token, ca: pem("caFile"), cert: pem("certFile"), key: pem("keyFile") },
    ...{ deadlineMs, say, rng: createRng(seed).fork(PAUSES) },
    local: (bytes, options) => worker.open(bytes, options),
  });
}
