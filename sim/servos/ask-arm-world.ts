/** The other end of arm-world.ts: what a keeper asks of a virtual arm's world. */
import { once } from "node:events";
import { connect } from "node:net";
import { AgentError } from "../../runtime/core/errors.ts";
import { type FromServedWorld, receiveOn, sendOn } from "../world-link.ts";

export type AskWorld = (name: string, payload: unknown) => Promise<unknown>;

type Answer = Extract<FromServedWorld, { kind: "reply" | "refusal" }>;

/** Throws AgentError `bridge.failed` where no virtual arm serves that socket; asking throws what the world refuses. */
export async function connectArmWorld(socketPath: string): Promise<AskWorld> {
  const socket = connect(socketPath);
  try {
    await once(socket, "connect");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = "start it with foresight virtual-arm so101 --port LINK, which serves LINK.world; a real arm has none: leave it out";
    throw new AgentError("bridge.failed", `backend.evaluation: ${socketPath}: ${why}; ${remedy}`);
  }
  const waiting = new Map<number, (answer: Answer) => void>();
  receiveOn<Answer>(socket, (answer) => {
    waiting.get(answer.request)?.(answer);
    waiting.delete(answer.request);
  });
  const gone = {
    kind: "refusal",
    code: "robot.lost",
    message: `world ${socketPath}: the virtual arm ended; start it again, then this`,
  } as const;
  socket.on("error", () => socket.destroy()); // `close` follows.
  socket.once("close", () => {
    for (const [request, settle] of waiting) settle({ ...gone, request });
  });
  let request = 0;
  return async (name, payload) => {
    const mine = request++;
    if (socket.destroyed) throw new AgentError(gone.code, gone.message);
    const answered = new Promise<Answer>((resolve) => waiting.set(mine, resolve));
    sendOn(socket, { kind: "answer", request: mine, name, payload });
    const answer = await answered;
    if (answer.kind === "refusal") throw new AgentError(answer.code as AgentError["code"], answer.message);
    return answer.value;
  };
}
