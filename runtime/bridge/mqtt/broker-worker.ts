/** The embedded broker's own thread: aedes behind a listening socket, so that no flood of messages gets at the agent's loop. Started, never imported. */
import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { Client } from "aedes";
import { invariant } from "../../core/errors.ts";
import { type BrokerAccounts, mayPublish, mayRead, type Role, roleOf } from "./broker-rules.ts";
import { loadAedes } from "./load.ts";
import { createPacketMeter } from "./packet-meter.ts";

export interface BrokerSetup {
  readonly accounts: BrokerAccounts;
  readonly host: string;
  readonly port: number;
}
export type BrokerReply = { readonly port: number } | { readonly code: string; readonly message: string };

/** Anything larger is no message of this protocol. */
const PACKET_BYTES_MAX = 256 * 1024;
const CLIENTS_MAX = 64;
const CONNECT_MS_MAX = 5_000;
/** A client that takes nothing for this long is dropped. */
const DRAIN_MS_MAX = 10_000;

const host = parentPort;
invariant(host, "broker-worker.ts runs in a worker thread only");
const setup = workerData as BrokerSetup;
const { Aedes } = await loadAedes();

const roles = new WeakMap<Client, Role>();
const refused = (what: string): Error => new Error(`not authorised: ${what}`);
const broker = await Aedes.createBroker({
  connectTimeout: CONNECT_MS_MAX,
  drainTimeout: DRAIN_MS_MAX,
  authenticate(client, name, password, done) {
    const role = roleOf(setup.accounts, name ?? "", password?.toString() ?? "");
    if (role) roles.set(client, role);
    done(null, role !== null);
  },
  authorizePublish(client, { topic, retain }, done) {
    const role = client && roles.get(client);
    done(role && mayPublish(setup.accounts, role, topic, retain) ? null : refused(topic));
  },
  authorizeForward(client, packet) {
    const role = roles.get(client);
    return role && mayRead(setup.accounts, role, packet.topic) ? packet : null;
  },
});
for (const event of ["clientError", "connectionError"] as const) broker.on(event, () => {}); // That client is closed; nobody else is concerned.

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  if (sockets.size >= CLIENTS_MAX) return void socket.destroy();
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  const isSmall = createPacketMeter(PACKET_BYTES_MAX);
  socket.on("data", (chunk) => {
    if (!isSmall(chunk)) socket.destroy(refused(`a packet above ${PACKET_BYTES_MAX} bytes`));
  });
  broker.handle(socket);
});
server.once("error", (error: NodeJS.ErrnoException) => {
  host.postMessage({ code: error.code ?? "", message: error.message } satisfies BrokerReply);
  end();
});
server.listen(setup.port, setup.host, () => {
  const address = server.address();
  host.postMessage({ port: typeof address === "object" && address ? address.port : setup.port } satisfies BrokerReply);
});
host.once("message", () => {
  server.close();
  end();
});

function end(): void {
  broker.close(() => {
    for (const socket of sockets) socket.destroy();
    host?.close();
  });
}
