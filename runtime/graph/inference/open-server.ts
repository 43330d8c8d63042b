/** Opens models on an inference server: found there by their hash, or handed over; and in this computer as well, for when the server is gone. */
import { type Clock, SystemClock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { Rng } from "../../core/rng.ts";
import type { PortInfo } from "../port.ts";
import type { Session, SessionOptions } from "../session-types.ts";
import { ask } from "./attempts.ts";
import { createCircuit } from "./circuit.ts";
import { type InferenceLink, LinkError, modelNameOf, type ServerAccess } from "./link.ts";
import { ServerSession } from "./server-session.ts";

export interface ServerOptions extends ServerAccess {
  /** A run that takes longer is done here instead, milliseconds. */
  readonly deadlineMs: number;
  /** Opens a model in this computer. */
  readonly local: (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
  readonly rng: Rng;
  readonly clock?: Clock;
  readonly say: (line: string) => void;
}

export interface InferenceServer extends AsyncDisposable {
  /**
   * A session there; one in this computer, with the reason, where the server does not have or take the model.
   * Throws what opening it here throws.
   */
  open(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/** To find a model, or to hand it over: it is not moving yet. */
const OPEN_MS_MAX = 60_000;

/** Connects when it is first used. Throws AgentError `launch.invalid` for an address of another kind. */
export const openInferenceServer = async (options: ServerOptions): Promise<InferenceServer> => openWith(await openLink(options), options);

/** The same over a link that is open; the server owns it. */
export function openWith(link: InferenceLink, options: Omit<ServerOptions, "token" | "ca" | "cert" | "key">): InferenceServer {
  const { deadlineMs, local, rng, clock = new SystemClock(), say } = options;
  return {
    async open(bytes, sessionOptions) {
      const here = await local(bytes, sessionOptions);
      const { name = "model" } = sessionOptions ?? {};
      const model = modelNameOf(here.modelHash);
      const findIt = (signal?: AbortSignal): Promise<void> =>
        ask({ clock, rng, deadlineMs: OPEN_MS_MAX }, (within) => find(link, model, bytes, here, within), signal);
      try {
        await findIt();
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        return withReason(here, `server ${new URL(options.url).host}: ${error.message}`);
      }
      const patience = { clock, rng, deadlineMs };
      return new ServerSession({ link, circuit: createCircuit(clock), model, local: here, name, patience, find: findIt, say });
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

async function find(link: InferenceLink, model: string, bytes: Uint8Array, here: Session, signal: AbortSignal): Promise<void> {
  if (!(await link.isReady(model, signal))) {
    await link.load(model, bytes, signal).catch((error: unknown) => {
      if (!(error instanceof LinkError)) throw error;
      throw new LinkError(error.kind, `it has no model ${model} and does not take it (${error.message}); put it there by hand`, {
        cause: error,
      });
    });
  }
  const there = await link.describe(model, signal);
  checkPorts(model, "input", here.inputs, there.inputs);
  checkPorts(model, "output", here.outputs, there.outputs);
}

/** Something else may have been put there under our name. */
function checkPorts(model: string, what: string, ours: readonly PortInfo[], theirs: readonly PortInfo[]): void {
  for (const { name, dtype, shape } of ours) {
    const told = theirs.find((each) => each.name === name);
    if (told?.dtype === dtype && told.shape.length === shape.length) continue;
    const is = told ? `${told.dtype} of ${told.shape.length} dimensions` : "missing";
    throw new LinkError(
      "refused",
      `${what} "${name}" of its ${model} is ${is}, ours is ${dtype} of ${shape.length}; put the right one there`,
    );
  }
}

async function openLink(access: ServerAccess): Promise<InferenceLink> {
  switch (new URL(access.url).protocol) {
    case "http:":
    case "https:":
      return (await import("./http-link.ts")).openHttpLink(access);
    case "grpc:":
    case "grpcs:":
      return (await import("./grpc-link.ts")).openGrpcLink(access);
    default:
      throw new AgentError(
        "launch.invalid",
        "model.provider.server: is no http, https, grpc or grpcs address; write one such as http://gpu-box:8000",
      );
  }
}

/** The local session, that says why it is one. */
const withReason = (session: Session, fallbackReason: string): Session => ({
  modelHash: session.modelHash,
  provider: session.provider,
  fallbackReason,
  inputs: session.inputs,
  outputs: session.outputs,
  run: (feeds, signal) => session.run(feeds, signal),
  [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
});
