/** A server spoken to over HTTP, with the binary extension: what Triton, and servers like it, speak. */
import { Pool } from "undici";
import * as z from "zod";
import { parseJson } from "../../core/json.ts";
import type { TensorData } from "../tensor-data.ts";
import { HEAD_LENGTH, readAnswer, writeRequest } from "./http-body.ts";
import { ANSWER_BYTES_MAX, type InferenceLink, LinkError, MODEL_CONFIG, MODEL_FILE, type ServerAccess } from "./link.ts";
import { portOf, tensorHead } from "./tensors.ts";

const description = z.object({ inputs: z.array(tensorHead).max(64), outputs: z.array(tensorHead).max(64) });
const refusal = z.object({ error: z.string() });
/** Decisions come one after another; a second connection is for the next one while a late answer is still under way. */
const CONNECTIONS = 2;
const [NOT_FOUND, TOO_MANY, UNAVAILABLE] = [404, 429, 503];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Uint8Array;
}

export function openHttpLink({ url, token, ca, cert, key }: ServerAccess): InferenceLink {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, "");
  const connect = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const pool = new Pool(origin, { connections: CONNECTIONS, connect, headersTimeout: 0, bodyTimeout: 0 }); // Whoever asks says for how long.

  const ask = async (method: "GET" | "POST", path: string, signal: AbortSignal, body?: Uint8Array, headers = {}): Promise<Answer> => {
    try {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await pool.request({
        method,
        path: base + path,
        signal,
        body: body ?? null,
        headers: { ...authorization, ...headers },
      });
      const answer = { status: response.statusCode, headers: response.headers, bytes: await bounded(response.body) };
      if (answer.status === TOO_MANY || answer.status === UNAVAILABLE) throw new LinkError("busy", whyOf(answer));
      return answer;
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof LinkError) throw cause;
      throw new LinkError("unreachable", (cause as NodeJS.ErrnoException).code ?? (cause as Error).message, { cause });
    }
  };
  const granted = async (answer: Promise<Answer>): Promise<Answer> => {
    const told = await answer;
    if (told.status >= 300) throw new LinkError("refused", whyOf(told));
    return told;
  };
  const read = <T>(parse: () => T): T => {
    try {
      return parse();
    } catch (cause) {
      throw new LinkError("refused", `its answer cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    async isReady(model, signal) {
      const answer = await ask("GET", `/v2/models/${model}/ready`, signal);
      if (answer.status >= 300 && answer.status !== NOT_FOUND && answer.status !== 400) throw new LinkError("refused", whyOf(answer));
      return answer.status < 300;
    },
    async describe(model, signal) {
      const { bytes } = await granted(ask("GET", `/v2/models/${model}`, signal));
      return read(() => {
        const { inputs, outputs } = description.parse(parseJson(Buffer.from(bytes).toString("utf8")));
        return { inputs: inputs.map(portOf), outputs: outputs.map(portOf) };
      });
    },
    async load(model, bytes, signal) {
      const parameters = { config: MODEL_CONFIG, [MODEL_FILE]: Buffer.from(bytes).toString("base64") };
      const body = Buffer.from(JSON.stringify({ parameters }));
      await granted(ask("POST", `/v2/repository/models/${model}/load`, signal, body, { "content-type": "application/json" }));
    },
    async infer(model, feeds, outputs, signal): Promise<Record<string, TensorData>> {
      const { headBytes, bytes } = writeRequest({ feeds, outputs });
      const headers = { "content-type": "application/octet-stream", [HEAD_LENGTH]: String(headBytes) };
      const answer = await granted(ask("POST", `/v2/models/${model}/infer`, signal, bytes, headers));
      const length = answer.headers[HEAD_LENGTH];
      return read(() => readAnswer(answer.bytes, typeof length === "string" ? length : undefined));
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) throw new LinkError("refused", `its answer has more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const WHY_LENGTH_MAX = 300;

function whyOf({ status, bytes }: Answer): string {
  let why = Buffer.from(bytes.subarray(0, WHY_LENGTH_MAX)).toString("utf8");
  try {
    why = refusal.parse(parseJson(Buffer.from(bytes).toString("utf8"))).error.slice(0, WHY_LENGTH_MAX);
  } catch {
    // Not in the protocol's words: what it said is told as it is.
  }
  return `it answered ${status}${why === "" ? "" : `: ${why}`}`;
}
