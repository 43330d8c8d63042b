/** From messages back to what a tap is told of states and faults. */
import { AgentError, ERROR_CODES, type ErrorCode } from "../../core/errors.ts";
import type { Fault, SupervisorState } from "../../core/supervision.ts";
import { jsonOf } from "./read-sample.ts";
import { ours } from "./schemas.ts";

/** Throws SyntaxError or ZodError. */
export const stateOf = (data: Uint8Array): SupervisorState => ours["foresight.State"].parse(jsonOf(data)) as unknown as SupervisorState; // A recorder of ours wrote what a supervisor said.

/** Throws SyntaxError or ZodError. */
export function faultOf(data: Uint8Array): Fault {
  const { code, message, reaction, reason } = ours["foresight.Fault"].parse(jsonOf(data));
  const known = ERROR_CODES.find((each): each is ErrorCode => each === code);
  return { error: known ? new AgentError(known, message) : new Error(message), decision: { reaction, reason } };
}
