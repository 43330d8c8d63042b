/** The one way in for commands: every check there is, in order, each with its named reason; what passes may be carried out once. */

import { type AllowanceOptions, createAllowance } from "../../core/allowance.ts";
import { type Clock, utcMsOf, type WallClock } from "../../core/clock.ts";
import { type Commanders, strangerBecause } from "./authority.ts";
import { BYTES_MAX, CLOCK_SKEW_MS_MAX, type Command, isStop, LIFETIME_MS_MAX } from "./commands.ts";
import { createLedger } from "./ledger.ts";
import type { RejectionReason } from "./messages.ts";
import { readCommand } from "./read-command.ts";
import { type CommandTopic, isAnswerTopic, type Place, topicOf } from "./topics.ts";

/** A message as it came from the broker. */
export interface Incoming {
  readonly topic: CommandTopic;
  readonly payload: Uint8Array;
  /** The broker had kept it. */
  readonly retained: boolean;
}

export interface Rejection {
  readonly kind: "rejected";
  readonly reason: Exclude<RejectionReason, "refused">;
  readonly why: string;
  /** Null where none could be read. */
  readonly id: string | null;
  readonly commander: string | null;
  /** Whether its token is that commander's: else anybody may have sent it. */
  readonly isProven: boolean;
  /** Null unless it was read and may be used. */
  readonly answerTopic: string | null;
}
export type Judgement = { readonly kind: "passed"; readonly command: Command } | Rejection;

export interface GateOptions {
  readonly place: Place;
  readonly commanders: Commanders;
  readonly clock: Clock;
  readonly wallClock: WallClock;
}

export interface Gate {
  judge(incoming: Incoming): Judgement;
  /** What became of a command that passed, for whoever sends it again. */
  answered(command: Command, answer: string): void;
}

/** Bytes that are read a second: instant actions, with stop among them, get through where a thousand a second are garbage. */
const READ: Readonly<Record<CommandTopic, Omit<AllowanceOptions, "clock">>> = {
  order: { perS: 256 * 1024, burst: 512 * 1024 },
  instantActions: { perS: 4096 * 1024, burst: 4096 * 1024 },
};

/** Commands that are carried out a second, stop not counted. */
const CARRIED_OUT = { perS: 20, burst: 40 } as const;

type Whose = Pick<Rejection, "id" | "commander" | "isProven" | "answerTopic">;
const NOBODYS: Whose = { id: null, commander: null, isProven: false, answerTopic: null };
type Check = (command: Command) => readonly [Rejection["reason"], string] | null;

/** A command that was issued before the gate was made belongs to an older session and is expired. */
export function createGate({ place, commanders, clock, wallClock }: GateOptions): Gate {
  const ledger = createLedger();
  const openedMs = wallClock.nowUtcMs();
  const read = { order: createAllowance({ clock, ...READ.order }), instantActions: createAllowance({ clock, ...READ.instantActions }) };
  const carryingOut = createAllowance({ clock, ...CARRIED_OUT });
  const checks: readonly Check[] = [
    (command) => {
      const why = strangerBecause(commanders, command.commander, command.token);
      return why === null ? null : ["not-authorised", why];
    },
    ({ answerTopic }) =>
      answerTopic === undefined || isAnswerTopic(place, answerTopic)
        ? null
        : ["malformed", `answerTopic: ${answerTopic} is not ${topicOf(place, "responses")} or below it`],
    (command) => {
      const before = ledger.answered(command);
      return before === null ? null : ["duplicated", `id ${command.id} came before and was answered: ${before}`];
    },
    (command) => (isStop(command) ? null : untimely(command, wallClock.nowUtcMs(), openedMs)),
    (command) => {
      const last = ledger.lastSequence(command.commander);
      if (command.sequence > last || isStop(command)) return null;
      return [
        "out-of-order",
        `sequence ${command.sequence} is not above ${last}, the last one of ${command.commander}; count on from there`,
      ];
    },
    (command) => {
      if (isStop(command) || carryingOut.take(1)) return null;
      return ["too-many", `more than ${CARRIED_OUT.perS} commands a second; send fewer`];
    },
  ];
  const rejected = (reason: Rejection["reason"], why: string, whose: Whose = NOBODYS): Rejection => {
    const { id, commander, isProven, answerTopic } = whose;
    return { kind: "rejected", reason, why, id, commander, isProven, answerTopic };
  };
  return {
    judge({ topic, payload, retained }) {
      if (retained)
        return rejected("retained", `the broker had kept it; publish to ${topic} without the retain flag, and clear what is kept`);
      if (payload.byteLength > BYTES_MAX[topic])
        return rejected("too-big", `${payload.byteLength} bytes, at most ${BYTES_MAX[topic]} are read on ${topic}; send a smaller one`);
      if (!read[topic].take(payload.byteLength))
        return rejected("too-many", `more than ${READ[topic].perS} bytes a second came on ${topic}; send fewer`);
      const reading = readCommand(topic, payload);
      if (reading.kind === "malformed") return rejected("malformed", reading.why, { ...reading, isProven: false, answerTopic: null });
      const { command } = reading;
      for (const check of checks) {
        const problem = check(command);
        if (!problem) continue;
        const [reason, why] = problem;
        const isProven = reason !== "not-authorised";
        const mayAnswer = command.answerTopic !== undefined && isProven && isAnswerTopic(place, command.answerTopic);
        return rejected(reason, why, { ...command, isProven, answerTopic: mayAnswer ? (command.answerTopic ?? null) : null });
      }
      ledger.note(command, "being carried out");
      return { kind: "passed", command };
    },
    answered: (command, answer) => ledger.note(command, answer),
  };
}

/** Milliseconds since 1970 throughout. */
function untimely({ issuedAt, expiresAt }: Command, nowMs: number, openedMs: number): ReturnType<Check> {
  const [issuedMs, expiresMs] = [utcMsOf(issuedAt), utcMsOf(expiresAt)];
  if (expiresMs <= issuedMs) return ["malformed", `expiresAt: ${expiresAt} is not after issuedAt ${issuedAt}`];
  if (expiresMs - issuedMs > LIFETIME_MS_MAX)
    return ["malformed", `expiresAt: ${expiresMs - issuedMs} ms after issuedAt, at most ${LIFETIME_MS_MAX} ms are allowed`];
  if (issuedMs > nowMs + CLOCK_SKEW_MS_MAX)
    return [
      "not-yet-valid",
      `issuedAt is ${issuedMs - nowMs} ms ahead of the robot's clock, at most ${CLOCK_SKEW_MS_MAX} ms are allowed; set the clocks`,
    ];
  if (expiresMs <= nowMs)
    return ["expired", `it expired ${nowMs - expiresMs} ms ago by the robot's clock; give it anew, or set the clocks`];
  if (issuedMs < openedMs) return ["expired", `it was issued ${openedMs - issuedMs} ms before the agent started; give it anew`];
  return null;
}
