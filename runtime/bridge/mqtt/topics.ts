/** The topic tree foresight/v1/<site>/<robot>/<topic>, after VDA 5050: what each topic is for, who writes it and how it is sent. */
import * as z from "zod";

/** Of the messages; the major part is in the topics too. */
export const PROTOCOL_VERSION = "1.0.0";

export interface TopicSpec {
  readonly writer: "robot" | "fleet";
  readonly qos: 0 | 1;
  /** The broker keeps the last message for those who come later. */
  readonly retain: boolean;
  readonly about: string;
}

export const TOPICS = {
  connection: {
    writer: "robot",
    qos: 1,
    retain: true,
    about: "Birth, farewell, and the last will that the broker says for a robot it has lost",
  },
  state: { writer: "robot", qos: 1, retain: true, about: "Where agent, task and order stand: on every change, and every 30 s" },
  factsheet: { writer: "robot", qos: 1, retain: true, about: "What the robot is and can do: once a connection" },
  telemetry: {
    writer: "robot",
    qos: 0,
    retain: false,
    about: "Joints and the newest decision, several times a second; left out when the link is behind",
  },
  thumbnail: {
    writer: "robot",
    qos: 0,
    retain: false,
    about: "What its first camera sees, small, where the launch file says how often; left out when the link is behind",
  },
  responses: { writer: "robot", qos: 1, retain: false, about: "What became of an order or instant action, with its id" },
  order: { writer: "fleet", qos: 1, retain: false, about: "A task to do now" },
  instantActions: {
    writer: "fleet",
    qos: 1,
    retain: false,
    about: "The operator's words, a speed and two questions, carried out at once",
  },
} as const satisfies Readonly<Record<string, TopicSpec>>;

export type TopicName = keyof typeof TOPICS;
/** The topics that a robot listens to. */
export type CommandTopic = "order" | "instantActions";

/** One level of a topic: no separators, no wildcards. */
export const levelSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 letters, digits, dots, dashes and underscores");

/** Where a robot is in the tree. */
export interface Place {
  readonly site: string;
  readonly robot: string;
}

export const topicOf = ({ site, robot }: Place, name: TopicName): string => `foresight/v1/${site}/${robot}/${name}`;

/** Answers go to `responses` or below it: a robot never writes where somebody else tells it to. */
export function isAnswerTopic(place: Place, topic: string): boolean {
  const base = topicOf(place, "responses");
  if (topic === base) return true;
  return (
    topic.length <= 256 &&
    topic.startsWith(`${base}/`) &&
    topic
      .slice(base.length + 1)
      .split("/")
      .every((level) => levelSchema.safeParse(level).success)
  );
}
