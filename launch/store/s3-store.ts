/** A store in a bucket of Amazon's S3 or of whatever speaks like it, through requests signed by aws4fetch. */
import { createHash } from "node:crypto";
import type { AwsClient } from "aws4fetch";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Store } from "./store.ts";

/** Of one request; a part has 8 MB. */
const PATIENCE_MS = 120_000;
const RETRIES = 4;

/** Throws AgentError `launch.invalid` without keys in the environment or for an address that is not safe, `bridge.missing` without the package. */
export async function openS3Store(address: string, environment: Readonly<Record<string, string | undefined>>): Promise<Store> {
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*))?$/.exec(address) ?? [];
  if (!bucket)
    throw new AgentError("launch.invalid", `store ${address.slice(0, 100)}: is no s3://BUCKET/PREFIX; give one, as s3://models/lab`);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new AgentError(
      "launch.invalid",
      `store ${address}: no keys for it are in the environment; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL_S3 for a store that is not Amazon's`,
    );
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const endpoint = endpointOf(
    environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"] ?? `https://s3.${region}.amazonaws.com`,
  );
  const client = await clientWith({ accessKeyId, secretAccessKey, region, ...(sessionToken ? { sessionToken } : {}) });
  const folder = prefix.replace(/^\/+|\/+$/g, "");
  const urlOf = (name: string): string => [endpoint, bucket, ...(folder ? [folder] : []), name].join("/");
  const ask = async (name: string, init: RequestInit, signal: AbortSignal): Promise<Response> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      return await client.fetch(urlOf(name), { ...init, signal: within });
    } catch (cause) {
      signal.throwIfAborted();
      throw failure(address, name, reasonOf(cause), cause);
    }
  };
  return {
    async has(name, signal) {
      const { status } = await ask(name, { method: "HEAD" }, signal);
      if (status === 200) return true;
      if (status === 404) return false;
      throw failure(address, name, `HTTP ${status}`);
    },
    async get(name, bytesMax, signal) {
      const answer = await ask(name, {}, signal);
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw failure(address, name, `HTTP ${answer.status}`);
      return readUpTo(answer, bytesMax, `store ${address}: ${name}`).catch((cause: unknown) => {
        if (cause instanceof AgentError) throw cause;
        signal.throwIfAborted();
        throw failure(address, name, reasonOf(cause), cause);
      });
    },
    async add(name, bytes, signal) {
      const sha256 = createHash("sha256").update(bytes).digest("hex"); // The server keeps nothing that has another.
      const headers = { "x-amz-content-sha256": sha256, "if-none-match": "*", "content-type": "application/octet-stream" };
      const { status } = await ask(name, { method: "PUT", headers, body: bytes as Uint8Array<ArrayBuffer> }, signal);
      if (status === 200) return true;
      if (status === 412) return false;
      throw failure(address, name, `HTTP ${status}`);
    },
  };
}

async function clientWith(keys: ConstructorParameters<typeof AwsClient>[0]): Promise<AwsClient> {
  try {
    const { AwsClient: Client } = await import("aws4fetch");
    return new Client({ ...keys, service: "s3", retries: RETRIES });
  } catch (cause) {
    throw new AgentError("bridge.missing", 'package "aws4fetch" does not load; stores in S3 need it: npm install aws4fetch', { cause });
  }
}

/** What goes to another machine goes over TLS. */
function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && isHere)) && !url.username) return text.replace(/\/+$/, "");
  throw new AgentError(
    "launch.invalid",
    "AWS_ENDPOINT_URL_S3: is no https:// address (http:// on this machine alone, and no password in it); correct it",
  );
}

async function readUpTo({ body }: Response, bytesMax: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax)
      throw new AgentError("data.corrupt", `${what} has more than ${bytesMax} bytes and is not what was pushed; push it again`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const REMEDY: Readonly<Record<string, string>> = {
  "HTTP 403": "; look at the keys and what they may do",
  "HTTP 301": "; look at AWS_REGION",
};

const failure = (address: string, name: string, why: string, cause?: unknown): AgentError =>
  new AgentError("bridge.failed", `store ${address}: ${name} (${why})${REMEDY[why] ?? ""}; the same command goes on from there`, { cause });

/** Node's fetch says why one cause deeper. */
const reasonOf = (error: unknown): string => {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : (error as Error).message;
};
