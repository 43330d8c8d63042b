/** What a world and the keeper that drives an arm in it say to each other over a socket: whole values, one after the other. */
import type { Socket } from "node:net";
import { deserialize, serialize } from "node:v8";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { Sample } from "../runtime/core/sensing.ts";

export type ToServedWorld =
  | ({ readonly kind: "command"; readonly stampNs: bigint } & Pick<JointCommand, "positionRad" | "velocityRadPerS" | "gripper">)
  | { readonly kind: "place" | "answer"; readonly request: number; readonly name: string; readonly payload: unknown };

export type FromServedWorld =
  /** From now on the arm is this keeper's. */
  | { readonly kind: "yours"; readonly placements: readonly string[] }
  | { readonly kind: "sample"; readonly sample: Sample }
  | { readonly kind: "reply"; readonly request: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly request: number; readonly code: string; readonly message: string };

/** A picture of 8192 x 8192 pixels and more than enough beside it. */
const BYTES_MAX = 256 * 1024 * 1024;
const HEAD_BYTES = 4;

export function sendOn(socket: Socket, message: ToServedWorld | FromServedWorld): void {
  const body = serialize(message);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(body.length);
  socket.write(Buffer.concat([head, body]));
}

/** Calls back with every whole message; a peer that sends something else is cut off. */
export function receiveOn<Message>(socket: Socket, onMessage: (message: Message) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEAD_BYTES) {
      const length = waiting.readUInt32LE();
      if (length > BYTES_MAX) return void socket.destroy();
      if (waiting.length < HEAD_BYTES + length) return;
      const body = waiting.subarray(HEAD_BYTES, HEAD_BYTES + length);
      waiting = waiting.subarray(HEAD_BYTES + length);
      const message = whole(body);
      if (message === undefined) return void socket.destroy();
      onMessage(message as Message);
    }
  });
}

function whole(body: Buffer): unknown {
  try {
    return deserialize(body);
  } catch {
    return undefined;
  }
}
