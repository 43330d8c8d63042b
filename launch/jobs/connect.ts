/** The way to a NATS server with JetStream: its packages, loaded when first asked for, and who we are to it. */
import { hostname } from "node:os";
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { AgentError } from "../../runtime/core/errors.ts";
import { readPem } from "../../runtime/core/plain-file.ts";

const TOKEN_VARIABLE = "FORESIGHT_JOBS_TOKEN";

export interface JobAccess {
  /** nats:// for this computer, tls:// for others. */
  readonly url: string;
  /** Shown to the server; never told in a message. */
  readonly token?: string | undefined;
  /** Files, PEM: the authority that signed the server's certificate, our own certificate and its key. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface JobLink {
  readonly connection: NatsConnection;
  /** The package itself: its words and its errors. */
  readonly jetstream: typeof import("@nats-io/jetstream");
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly buckets: Kvm;
}

/** What we are called in the logs of others. */
export const ownName = `${hostname().replace(/[^\w-]/g, "-")}-${process.pid}`;

/** A server that is away for longer than so many seconds is given up. */
const AWAY_S_MAX = 600;
const CONNECT_MS_MAX = 10_000;

/** Throws AgentError `launch.invalid` for an address that is not safe, `bridge.missing` without the packages, `bridge.failed` when nobody answers. */
export async function connectJobs(access: JobAccess): Promise<JobLink> {
  const { hostname: host, port, protocol } = checkedUrl(access.url);
  const { token, ca, cert, key } = access;
  const pem = (flag: string, path: string | undefined) => readPem(flag, path ?? null)?.toString("utf8");
  const tls = { ca: pem("--ca", ca), cert: pem("--cert", cert), key: pem("--key", key) };
  const { nats, jetstream, kv } = await load();
  try {
    const connection = await nats.connect({
      servers: `${host}:${port || 4222}`,
      name: ownName,
      timeout: CONNECT_MS_MAX,
      reconnectTimeWait: 1000,
      maxReconnectAttempts: AWAY_S_MAX,
      tls: protocol === "tls:" ? given(tls) : null,
      ...given({ token }),
    });
    const manager = await jetstream.jetstreamManager(connection);
    const stream = jetstream.jetstream(connection);
    return { connection, jetstream, stream, manager, buckets: new kv.Kvm(stream) };
  } catch (cause) {
    const remedy = `start a nats-server with JetStream there (nats-server -js), and set ${TOKEN_VARIABLE} where it asks for a token`;
    throw new AgentError("bridge.failed", `jobs: ${access.url} cannot be used (${reasonOf(cause)}); ${remedy}`, { cause });
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const example = "give one such as nats://127.0.0.1:4222 or tls://box:4222";
  if (!url || !["nats:", "tls:"].includes(url.protocol) || !url.hostname)
    throw new AgentError("launch.invalid", `jobs: "${text.slice(0, 100)}" is no nats:// or tls:// address; ${example}`);
  if (url.username || url.password)
    throw new AgentError("launch.invalid", `jobs: an address with a password is seen by everybody on this machine; set ${TOKEN_VARIABLE}`);
  if (url.protocol === "nats:" && !LOOPBACK.test(url.hostname))
    throw new AgentError("launch.invalid", `jobs: ${text}: another machine would be told everything in the clear; give a tls:// address`);
  return url;
}

async function load() {
  try {
    const [nats, jetstream, kv] = await Promise.all([
      import("@nats-io/transport-node"),
      import("@nats-io/jetstream"),
      import("@nats-io/kv"),
    ]);
    return { nats, jetstream, kv };
  } catch (cause) {
    const install = "npm install @nats-io/transport-node @nats-io/jetstream @nats-io/kv";
    throw new AgentError("bridge.missing", `jobs over machines need packages that do not load (${reasonOf(cause)}); ${install}`, { cause });
  }
}

/** Without what is not there: some options mean something even where they are undefined. */
const given = <T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };

export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";

/** What the server says. Throws AgentError `bridge.failed` where it says nothing, or no. */
export async function answered<T>(what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw new AgentError("bridge.failed", `jobs: ${what} (${reasonOf(cause)}); look at the jobs server and its log`, { cause });
  }
}
