/** What a job is about, on its way to a worker: a launch file without secrets and without paths of one machine, and the checks that it passes there. */
import * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import { parseJson } from "../../runtime/core/json.ts";
import { backendOf } from "../backends/registry.ts";
import { fromRoot } from "../config/file-keys.ts";
import { configFrom } from "../config/load.ts";
import type { LaunchConfig } from "../config/schema.ts";

/** A configuration of jobs of a kind: what all of them have, and what this kind has. */
export const sheetOf = <const Kind extends string, Own extends z.ZodRawShape>(kind: Kind, own: Own) =>
  z.strictObject({
    kind: z.literal(kind),
    product: z.string(),
    /** The launch file as it was resolved, its files told from the project's root. */
    launch: z.record(z.string(), z.unknown()),
    ...own,
  });

/** Throws AgentError `data.mismatch` for a text of another form or of another version. */
export function readSheet<Sheet extends { readonly product: string }>(schema: z.ZodType<Sheet>, text: string, product: string): Sheet {
  const parsed = schema.safeParse(readable(text));
  if (!parsed.success)
    throw new AgentError("data.mismatch", "jobs: this configuration is of another version; use the same version everywhere");
  const theirs = parsed.data.product;
  if (theirs !== product)
    throw new AgentError(
      "data.mismatch",
      `jobs: they are of version ${theirs}, this worker is ${product}; use the same version everywhere`,
    );
  return parsed.data;
}

/** What nobody listens to on a worker stays here, and with it every secret. Throws AgentError `launch.invalid` for what is not done elsewhere. */
export function travelling(config: LaunchConfig): object {
  const { mqtt: _m, foxglove: _f, fleet: _l, record: _r, state: _s, dashboard: _d, ...launch } = config;
  checkWorld(config);
  if (typeof launch.model.provider !== "string")
    throw new AgentError(
      "launch.invalid",
      "model.provider: a server's address and token do not travel; give model.provider:=cpu with --jobs",
    );
  return { ...fromRoot(launch), dashboard: { enabled: false } };
}

/** The launch file that travelled. Throws AgentError `launch.invalid` for one that is none, or that would move an arm. */
export function arrived(launch: Record<string, unknown>): LaunchConfig {
  const config = configFrom(launch, new Map(), [], {});
  checkWorld(config);
  return config;
}

/** No worker moves an arm because a message says so. */
function checkWorld(config: LaunchConfig): void {
  const { isInThread, world } = backendOf(config).facts;
  if (isInThread && world?.mode === "lockstep") return;
  throw new AgentError(
    "launch.invalid",
    `backend.kind "${config.backend.kind}": jobs are done in the embedded simulator, in lockstep, alone; give backend.kind:=sim backend.mode:=lockstep`,
  );
}

function readable(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
