/** Puts the header before a message: counted by topic, stamped with the time of day, named by session. */
import { utcText, type WallClock } from "../../core/clock.ts";
import type { MessageBody, MessageTopic } from "./messages.ts";
import { type Place, PROTOCOL_VERSION } from "./topics.ts";

/** The message as JSON. */
export type WriteMessage = <Topic extends MessageTopic>(topic: Topic, body: MessageBody<Topic>) => string;

export function createWriter({ site, robot }: Place, sessionId: string, wallClock: WallClock): WriteMessage {
  const counts = new Map<MessageTopic, number>();
  return (topic, body) => {
    const headerId = counts.get(topic) ?? 0;
    counts.set(topic, headerId + 1);
    return JSON.stringify({
      headerId,
      timestamp: utcText(wallClock.nowUtcMs()),
      version: PROTOCOL_VERSION,
      site,
      robot,
      sessionId,
      ...body,
    });
  };
}
