/** Takes commands in: through the gate, to the desk, and back to the sender what became of them. */

import { createAllowance } from "../../core/allowance.ts";
import type { Clock } from "../../core/clock.ts";
import type { Desk } from "../../core/desk.ts";
import type { SupervisorState } from "../../core/supervision.ts";
import { carryOut, type Questions } from "./carry-out.ts";
import type { Command } from "./commands.ts";
import type { Replying } from "./connection.ts";
import { cut } from "./fields.ts";
import type { Gate, Incoming } from "./gate.ts";
import type { MessageBody, RejectionReason } from "./messages.ts";
import type { Post } from "./post.ts";
import type { CommandCounts } from "./reporter.ts";
import { type CommandTopic, isAnswerTopic, type Place } from "./topics.ts";

/** Rejections that are answered, of commanders and of all others apart: whoever sends garbage is not helped with as many answers, and takes nobody's. */
export const ANSWERED = { perS: 10, burst: 20 } as const;

type Response = MessageBody<"responses">;
type Order = NonNullable<MessageBody<"state">["order"]>;

export interface ReceptionOptions {
  readonly place: Place;
  readonly gate: Gate;
  readonly desk: Desk;
  readonly post: Post;
  readonly questions: Questions;
  readonly clock: Clock;
}

export interface Reception {
  take(incoming: Incoming & Replying): void;
  /** Follows the order in progress to its end. */
  state(state: SupervisorState): void;
  /** The last order that was accepted. */
  readonly order: Order | null;
  readonly counts: CommandCounts;
}

/** Where an answer goes. */
interface Sender extends Replying {
  readonly topic: CommandTopic;
  readonly id: string | null;
  readonly commander: string | null;
  readonly answerTopic?: string | null | undefined;
}

export function createReception(options: ReceptionOptions): Reception {
  const { place, gate, desk, post, questions, clock } = options;
  const answering = { proven: createAllowance({ clock, ...ANSWERED }), others: createAllowance({ clock, ...ANSWERED }) };
  const counts = { commandsAccepted: 0, commandsRejected: 0, rejectionsUnanswered: 0 };
  let followed: { readonly order: Order; readonly sender: Sender; readonly hasBegun: boolean } | null = null;

  const respond = (sender: Sender, outcome: Response["outcome"], reason: RejectionReason | null, why: string): void => {
    const { topic, id, commander, correlation } = sender;
    const asked = sender.answerTopic ?? sender.responseTopic;
    post.send(
      "responses",
      { id, topic, commander, outcome, reason, why: cut(why) },
      {
        topic: asked !== undefined && isAnswerTopic(place, asked) ? asked : undefined,
        ...(correlation === undefined ? {} : { properties: { correlation } }),
      },
    );
  };
  const reject = (sender: Sender, isProven: boolean, reason: RejectionReason, why: string): void => {
    counts.commandsRejected++;
    if (answering[isProven ? "proven" : "others"].take(1)) respond(sender, "rejected", reason, why);
    else counts.rejectionsUnanswered++;
  };
  const accept = (command: Command, sender: Sender): void => {
    const before = followed;
    if (command.topic === "order") {
      const { id, commander } = command;
      followed = { order: { id, commander, outcome: "running" }, sender, hasBegun: false };
    }
    const settle = (why: string | null): void => {
      if (why !== null) {
        if (command.topic === "order") followed = before;
        gate.answered(command, `refused, ${why}`);
        reject(sender, true, "refused", why);
        return;
      }
      counts.commandsAccepted++;
      gate.answered(command, "accepted");
      respond(sender, "accepted", null, "");
    };
    const why = carryOut(command, desk, questions);
    if (why instanceof Promise) void why.then(settle);
    else settle(why);
  };
  return {
    take(incoming) {
      const judgement = gate.judge(incoming);
      const { topic, responseTopic, correlation } = incoming;
      const replying = {
        topic,
        ...(responseTopic === undefined ? {} : { responseTopic }),
        ...(correlation === undefined ? {} : { correlation }),
      };
      if (judgement.kind === "passed") accept(judgement.command, { ...judgement.command, ...replying });
      else reject({ ...judgement, ...replying }, judgement.isProven, judgement.reason, judgement.why);
    },
    state({ task, reason }) {
      if (followed?.order.outcome !== "running") return;
      if (task === "running") followed = { ...followed, hasBegun: true };
      // How the task before it ended says nothing about this one.
      if (!followed.hasBegun || task === "running" || task === "none") return;
      followed = { ...followed, order: { ...followed.order, outcome: task } };
      respond(followed.sender, task, null, reason);
    },
    get order() {
      return followed?.order ?? null;
    },
    get counts() {
      return { ...counts };
    },
  };
}
