/** I9: a policy server that hangs, is gone or answers nonsense: a real `foresight serve` in a process of its own, frozen, killed, and behind somebody who spoils what it says. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createRng } from "../../runtime/core/rng.ts";
import { openInferenceServer } from "../../runtime/graph/inference/open-server.ts";
import { openSession } from "../../runtime/graph/session.ts";
import { until } from "../helpers/until.ts";
import { smallFeeds, smallModel } from "../remote/models.ts";
import { startServe, TOKEN } from "../remote/peers.ts";
import type { FaultCase } from "./case.ts";

/** Of every question, as model.provider.deadlineMs. */
const DEADLINE_MS = 150;
const PATIENT_MS = 10_000;
const BACK = /the inference server is back/;

interface Planning extends AsyncDisposable {
  readonly said: readonly string[];
  /** So many plans, each of which must be the one that this computer makes by itself. */
  plans(count: number): Promise<void>;
  /** Plans until the server makes them again. */
  untilBack(): Promise<void>;
}

/** A planner whose plans a server makes. */
async function planningOn(url: string, deadlineMs: number): Promise<Planning> {
  const said: string[] = [];
  const local = (bytes: Uint8Array, options = {}) => openSession(bytes, { ...options, provider: "cpu", threads: 1 });
  const server = await openInferenceServer({
    ...{ url, token: TOKEN, deadlineMs, local, rng: createRng(1) },
    say: (line) => said.push(line),
  });
  const session = await server.open(smallModel(1));
  assert.equal(session.provider, "server", session.fallbackReason ?? "");
  const here = await local(smallModel(1));
  const wanted = await here.run(smallFeeds(5));
  const plans = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) assert.deepEqual(await session.run(smallFeeds(5)), wanted);
  };
  return {
    said,
    plans,
    untilBack: () => until("the server plans again", () => plans(1).then(() => BACK.test(said.at(-1) ?? ""))),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function slow(): Promise<null> {
  await using serving = await startServe();
  await using planning = await planningOn(serving.url, DEADLINE_MS);
  serving.process.kill("SIGSTOP");
  await planning.plans(4);
  assert.match(planning.said.at(-1) ?? "", /did not answer within 150 ms.*this computer plans until it does/);
  serving.process.kill("SIGCONT");
  await planning.untilBack();
  return null;
}

async function down(): Promise<null> {
  const first = await startServe();
  await using planning = await planningOn(first.url, DEADLINE_MS);
  const gone = once(first.process, "exit");
  first.process.kill("SIGKILL");
  await gone;
  await planning.plans(4);
  assert.match(planning.said.at(-1) ?? "", /ECONNREFUSED|ECONNRESET|closed.*this computer plans/i);
  await using _second = await startServe(Number(new URL(first.url).port));
  await planning.untilBack();
  return null;
}

/** Between the robot and its server: lets everything through but answers, whose end it cuts off while it is told to. */
async function openSpoiler(url: string): Promise<AsyncDisposable & { readonly url: string; isSpoiling: boolean }> {
  const state = { isSpoiling: false };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(url + request.url, { method: request.method!, headers, ...(body.length > 0 ? { body } : {}) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isSpoilt = state.isSpoiling && request.url!.endsWith("/infer");
    const kept = Object.fromEntries([...answer.headers].filter(([name]) => !["transfer-encoding", "connection"].includes(name)));
    const told = isSpoilt ? bytes.subarray(0, bytes.length / 2) : bytes;
    response.writeHead(answer.status, { ...kept, "content-length": told.length }).end(told);
  };
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

async function malformed(): Promise<null> {
  await using serving = await startServe();
  await using spoiler = await openSpoiler(serving.url);
  await using planning = await planningOn(spoiler.url, PATIENT_MS); // What it says is the matter, not how late.
  await planning.plans(2);
  assert.deepEqual(planning.said, []);
  spoiler.isSpoiling = true;
  await planning.plans(4);
  assert.match(planning.said.at(-1) ?? "", /does not do its part \((?!it did not answer).*this computer plans until it does/);
  spoiler.isSpoiling = false;
  await planning.untilBack();
  return null;
}

const row = { detectedBy: "session on the server, told once", clock: "real" } as const;
const GOES_ON = {
  safeState: "this computer makes the same plan; the arm goes on",
  recovered: "by itself: it is looked for again, ever more seldom",
} as const;

export const SERVER_CASES: readonly FaultCase[] = [
  { id: "I9a", fault: "the policy server hangs", deadline: DEADLINE_MS, ...row, ...GOES_ON, run: slow },
  {
    ...{ id: "I9b", fault: "the policy server is killed, and started again", deadline: DEADLINE_MS, ...row, ...GOES_ON },
    recovered: "by itself: it is given the model again",
    run: down,
  },
  { id: "I9c", fault: "the policy server answers nonsense", deadline: DEADLINE_MS, ...row, ...GOES_ON, run: malformed },
];
