/** `foresight serve`: this machine's processor or GPU for the planners of robots, over the Open Inference Protocol, version 2, on HTTP. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import { objections } from "../../core/objections.ts";
import { sameSecret } from "../../core/secret.ts";
import type { PortInfo } from "../port.ts";
import type { SessionWorker } from "../session-host.ts";
import type { SessionOptions } from "../session-types.ts";
import { HEAD_LENGTH, readRequest, writeAnswer } from "./http-body.ts";
import { MODEL_FILE, modelNameOf, NAMING_DIGITS } from "./link.ts";
import { createShelf, type ModelShelf } from "./model-shelf.ts";
import { datatypeOf } from "./tensors.ts";

export interface ServeOptions {
  /** Loopback, or any where there is `tls`. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Whoever asks for anything but health shows it as a bearer. */
  readonly token: string;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly worker: SessionWorker;
  readonly session: SessionOptions;
}

export interface Serving extends AsyncDisposable {
  readonly url: string;
}

/** Of a model in the words of the repository extension: base64 of at most 72 MiB of ONNX. */
const MODEL_BODY_BYTES_MAX = 96 * 1024 * 1024;
/** Of a question: pictures and noise of a plan are some hundred kilobytes. */
const INFER_BODY_BYTES_MAX = 16 * 1024 * 1024;
const CONNECTIONS_MAX = 64;
const REQUEST_MS_MAX = 30_000;
const MODEL_NAME = new RegExp(`^${modelNameOf("")}[0-9a-f]{${NAMING_DIGITS}}$`);

const loadBody = z.object({ parameters: z.object({ [MODEL_FILE]: z.base64() }).loose() });
const [BAD, UNAUTHORIZED, NOT_FOUND, BUSY, BROKEN] = [400, 401, 404, 503, 500];

/** Throws AgentError `bridge.failed` when it cannot listen. */
export async function serve({ host, port, token, tls, worker, session }: ServeOptions): Promise<Serving> {
  const app = fastify({
    bodyLimit: INFER_BODY_BYTES_MAX,
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS_MAX,
    ...(tls && { https: tls }),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = CONNECTIONS_MAX;
  app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  app.addHook("onRequest", async ({ url, headers }, reply) => {
    if (headers.origin !== undefined) return refuse(reply, 403, "pages of a browser are not answered");
    if (url.startsWith("/v2/health/")) return undefined;
    const shown = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    return sameSecret(shown, token) ? undefined : refuse(reply, UNAUTHORIZED, "show the token that was printed, as a bearer");
  });
  app.setErrorHandler((error, _, reply) => {
    const { code, message } = inWords(error);
    return refuse(reply, code, message);
  });
  app.setNotFoundHandler((_, reply) => refuse(reply, NOT_FOUND, "there is nothing of that name here"));
  addRoutes(app, createShelf(worker, session));
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AgentError("bridge.failed", `cannot serve on ${host}:${port} (${why}); end the program that has it, or take another --port`, {
      cause,
    });
  }
  const address = app.server.address();
  const at = typeof address === "object" && address ? address.port : port;
  return { url: `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${at}`, [Symbol.asyncDispose]: () => app.close() };
}

function addRoutes(app: FastifyInstance, shelf: ModelShelf): void {
  type Named = FastifyRequest<{ Params: { model: string } }>;
  const find = (request: Named) => {
    const { model } = request.params;
    const session = MODEL_NAME.test(model) ? shelf.find(model) : undefined;
    if (!session) throw new AgentError("model.missing", `model ${model.slice(0, 100)} is not here; load it first`);
    return session;
  };
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async () => ({ ready: true }));
  app.get("/v2", async () => ({ name: "foresight", extensions: ["binary_tensor_data", "model_repository"] }));
  app.get("/v2/models/:model/ready", async (request: Named) => {
    await find(request);
    return { ready: true };
  });
  app.get("/v2/models/:model", async (request: Named) => {
    const { inputs, outputs, provider } = await find(request);
    return { name: request.params.model, platform: `onnxruntime_${provider}`, inputs: inputs.map(headOf), outputs: outputs.map(headOf) };
  });
  app.post("/v2/models/:model/infer", async (request: Named, reply) => {
    const session = await find(request);
    const length = request.headers[HEAD_LENGTH];
    const { feeds, outputs } = readable(() => readRequest(bodyOf(request), typeof length === "string" ? length : undefined));
    const results = await session.run(feeds, goneOf(reply));
    const wanted = Object.entries(results).filter(([name]) => outputs.length === 0 || outputs.includes(name));
    const { headBytes, bytes } = writeAnswer(request.params.model, Object.fromEntries(wanted));
    return reply.header(HEAD_LENGTH, headBytes).type("application/octet-stream").send(bytes);
  });
  app.post("/v2/repository/models/:model/load", { bodyLimit: MODEL_BODY_BYTES_MAX }, async (request: Named) => {
    const parsed = loadBody.safeParse(request.body);
    if (!parsed.success)
      throw new AgentError("model.corrupt", `send the model as base64 in parameters["${MODEL_FILE}"]: ${objections(parsed.error)}`);
    await shelf.put(request.params.model, Buffer.from(parsed.data.parameters[MODEL_FILE] as string, "base64"));
    return {};
  });
  app.post("/v2/repository/index", async () => shelf.names.map((name) => ({ name, state: "READY" })));
}

const headOf = ({ name, dtype, shape }: PortInfo) => ({ name, datatype: datatypeOf(dtype), shape });

/** A question in text alone comes parsed already. */
const bodyOf = ({ body }: FastifyRequest): Uint8Array => (body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body ?? null)));

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AgentError(
      "model.mismatch",
      `the question cannot be read: ${(cause as Error).message}; send it as runtime/graph/inference/README.md says`,
      { cause },
    );
  }
}

/** Aborts when whoever asked has left: a question that has not begun is then not computed. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished)
      gone.abort(new AgentError("session.failed", "nobody waits for it any more; ask again if it is still wanted"));
  });
  return gone.signal;
}

/** What is the asker's doing is 400; what this machine could not do now, 503; the rest is a fault of ours. */
function inWords(error: unknown): { readonly code: number; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AgentError) {
    if (error.code === "model.missing") return { code: NOT_FOUND, message };
    return { code: error.code.startsWith("model.") ? BAD : BUSY, message };
  }
  const { statusCode = BROKEN } = error as { readonly statusCode?: number };
  return { code: statusCode, message };
}

const refuse = (reply: FastifyReply, code: number, error: string): FastifyReply => reply.code(code).send({ error });
