/** A broker in a thread of this process, on loopback, for whoever shows a token: MQTT works out of the box, and an external one is only another URL. */
import { randomBytes } from "node:crypto";
import type { Worker } from "node:worker_threads";
import { AgentError } from "../../core/errors.ts";
import { startWorker } from "../../core/start-worker.ts";
import type { Commanders } from "./authority.ts";
import type { RobotAccount } from "./broker-rules.ts";
import type { BrokerReply, BrokerSetup } from "./broker-worker.ts";
import type { Place } from "./topics.ts";

export interface EmbeddedBrokerOptions {
  /** Of one site, each with another name. */
  readonly places: readonly Place[];
  readonly commanders: Commanders;
  /** Loopback. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Sentences for people. */
  readonly say: (text: string) => void;
}

export interface EmbeddedBroker extends AsyncDisposable {
  readonly url: string;
  /** What the robots themselves log on with, in the order of their places. */
  readonly robots: readonly RobotAccount[];
}

/** Throws AgentError `bridge.failed` when the port cannot be had, `bridge.missing` without aedes. */
export async function openEmbeddedBroker({ places, commanders, host, port, say }: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const robots = places.map((place) => ({ place, name: `robot:${place.robot}`, password: randomBytes(24).toString("base64url") }));
  const workerData: BrokerSetup = { accounts: { robots, commanders }, host, port };
  const worker = startWorker("./broker-worker.ts", import.meta.url, { workerData });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const reply = await firstReply(worker);
  if ("code" in reply) {
    await ended;
    const remedy = "end the program that has it, or take any free one with mqtt.broker.port:=0";
    throw new AgentError("bridge.failed", `mqtt.broker: cannot listen on ${host}:${port} (${reply.code || reply.message}); ${remedy}`);
  }
  let isWanted = true;
  worker.on("error", (error) => {
    if (isWanted) say(`the embedded broker has ended (${error.message}); start the agent anew to have MQTT again`);
  });
  return {
    url: `mqtt://${host.includes(":") ? `[${host}]` : host}:${reply.port}`,
    robots,
    async [Symbol.asyncDispose]() {
      isWanted = false;
      worker.postMessage("end");
      await ended;
    },
  };
}

function firstReply(worker: Worker): Promise<BrokerReply> {
  return new Promise((resolve) => {
    worker.once("message", resolve);
    worker.once("error", ({ message }) => resolve({ code: "", message }));
  });
}
