/** Hands messages to the link that there is now; a link that is away or behind gets fewer, and nothing is kept for later. */
import type { Connection, MessageProperties } from "./connection.ts";
import type { MessageBody, MessageTopic } from "./messages.ts";
import { type Place, TOPICS, topicOf } from "./topics.ts";
import type { WriteMessage } from "./write-message.ts";

/** A link with more waiting gets no telemetry and no thumbnails, and with much more nothing at all. */
export const BEHIND_BYTES = { telemetry: 64 * 1024, all: 1024 * 1024 } as const;

export interface PostOptions {
  readonly place: Place;
  readonly write: WriteMessage;
  readonly connection: () => Connection | null;
  readonly say: (text: string) => void;
}

export interface Extras {
  /** Instead of the topic's own. */
  readonly topic?: string | undefined;
  readonly properties?: MessageProperties;
}

export interface Post {
  /** False when it was left out. What a link that is lost did not carry is not sent again: the next one begins with what is so then. */
  send<Topic extends MessageTopic>(topic: Topic, body: MessageBody<Topic>, extras?: Extras): boolean;
}

export function createPost({ place, write, connection, say }: PostOptions): Post {
  const denied = new Set<string>();
  return {
    send(name, body, { topic = topicOf(place, name), properties } = {}) {
      const link = connection();
      if (!link || link.backlogBytes > (name === "telemetry" || name === "thumbnail" ? BEHIND_BYTES.telemetry : BEHIND_BYTES.all))
        return false;
      const { qos, retain } = TOPICS[name];
      link.publish({ topic, payload: write(name, body), qos, retain, ...(properties ? { properties } : {}) }).catch((error: Error) => {
        if (link !== connection() || denied.has(name)) return;
        denied.add(name);
        say(`the broker does not take ${topic} (${error.message})`);
      });
      return true;
    },
  };
}
