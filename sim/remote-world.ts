/** The arm in a world that another process serves, as a Driver: the keeper's end of serve-world.ts. */
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Observable, Subject } from "rxjs";
import type { Driver, Placed } from "../runtime/act/driver.ts";
import { untilAborted } from "../runtime/act/until-aborted.ts";
import type { Clock } from "../runtime/core/clock.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { gripperField } from "../runtime/core/gripper.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { Sample } from "../runtime/core/sensing.ts";
import { type FromServedWorld, receiveOn, sendOn } from "./world-link.ts";

/** How long the keeper before us may take to let the arm go. */
const TURN_MS_MAX = 10_000;

/** Resolves when the arm is ours. Throws AgentError `robot.lost` when there is no world, or another keeper keeps it. */
export async function connectWorld(socketPath: string, clock: Clock): Promise<Driver> {
  const socket = connect(socketPath);
  const waiting = new AbortController();
  const { signal } = waiting;
  const tooLong = clock.sleep(TURN_MS_MAX, signal).then(() => {
    throw new AgentError(
      "robot.lost",
      `world ${socketPath}: another keeper has had its arm for ${TURN_MS_MAX / 1000} s; end that agent first`,
    );
  });
  tooLong.catch(() => {}); // Raced below.
  const driver = new RemoteDriver(socket, socketPath);
  try {
    await Promise.race([driver.yours, tooLong]);
    return driver;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    waiting.abort();
  }
}

class RemoteDriver implements Driver {
  placements: readonly string[] = [];
  readonly yours: Promise<unknown>;
  readonly #socket: Socket;
  readonly #samples = new Subject<Sample>();
  readonly #replies = new EventEmitter().setMaxListeners(100);
  #request = 0;

  constructor(socket: Socket, socketPath: string) {
    this.#socket = socket;
    this.yours = once(this.#replies, "yours");
    let why = "its process ended or closed it";
    socket.on("error", (error) => {
      why = error.message;
    });
    socket.once("close", () => this.#fail(new AgentError("robot.lost", `world ${socketPath}: ${why}; start the process that serves it`)));
    receiveOn<FromServedWorld>(socket, (message) => this.#receive(message));
  }

  samples(signal: AbortSignal): Observable<Sample> {
    return untilAborted(this.#samples, signal);
  }

  command({ positionRad, velocityRadPerS, gripper }: JointCommand, stampNs: bigint): void {
    if (!this.#socket.destroyed) sendOn(this.#socket, { kind: "command", positionRad, velocityRadPerS, ...gripperField(gripper), stampNs });
  }

  answer(name: string, payload: unknown): Promise<unknown> {
    return this.#ask("answer", name, payload);
  }

  place(name: string, payload: unknown): Promise<Placed> {
    return this.#ask("place", name, payload) as Promise<Placed>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.destroyed) return;
    const closed = once(this.#socket, "close");
    this.#socket.end();
    this.#socket.destroySoon();
    await closed;
  }

  async #ask(kind: "place" | "answer", name: string, payload: unknown): Promise<unknown> {
    if (this.#socket.destroyed)
      throw new AgentError("robot.lost", `world: it is gone, nobody answers "${name}"; start the world, then this again`);
    const request = this.#request++;
    const replied = once(this.#replies, String(request));
    sendOn(this.#socket, { kind, request, name, payload });
    const [reply] = (await replied) as [Extract<FromServedWorld, { kind: "reply" | "refusal" }>];
    if (reply.kind === "refusal") throw new AgentError(reply.code as AgentError["code"], reply.message);
    return reply.value;
  }

  #receive(message: FromServedWorld): void {
    if (message.kind === "sample") this.#samples.next(message.sample);
    else if (message.kind === "yours") {
      this.placements = message.placements;
      this.#replies.emit("yours");
    } else this.#replies.emit(String(message.request), message);
  }

  #fail(error: AgentError): void {
    if (this.#replies.listenerCount("yours") > 0) this.#replies.emit("error", error); // `once` rejects with it.
    const refusal = { kind: "refusal", code: error.code, message: error.message };
    for (const request of this.#replies.eventNames()) if (request !== "error") this.#replies.emit(request, refusal);
    this.#samples.error(error);
  }
}
