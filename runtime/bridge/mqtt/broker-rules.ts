/** Who may do what at the embedded broker: the robot tells, commanders command, and nobody reads another's secrets. */
import { sameSecret } from "../../core/secret.ts";
import type { Commanders } from "./authority.ts";
import { type CommandTopic, isAnswerTopic, type Place, TOPICS, type TopicName, topicOf } from "./topics.ts";

export interface BrokerAccounts {
  readonly place: Place;
  /** User name and password of the robot. */
  readonly robot: { readonly name: string; readonly password: string };
  /** User names; the password is the token. */
  readonly commanders: Commanders;
}

export type Role = "robot" | "commander";

/** Null for a stranger. */
export function roleOf({ robot, commanders }: BrokerAccounts, name: string, password: string): Role | null {
  if (name === robot.name) return sameSecret(password, robot.password) ? "robot" : null;
  const token = Object.hasOwn(commanders, name) ? commanders[name]?.token : null;
  return token != null && sameSecret(password, token) ? "commander" : null;
}

const COMMANDS: readonly CommandTopic[] = ["order", "instantActions"];

const names = Object.keys(TOPICS) as TopicName[];

/** A robot writes what is the robot's, a commander what is the fleet's, and a command is never kept. */
export function mayPublish({ place }: BrokerAccounts, role: Role, topic: string, retain: boolean): boolean {
  if (role === "robot")
    return isAnswerTopic(place, topic) || names.some((name) => TOPICS[name].writer === "robot" && topic === topicOf(place, name));
  return !retain && COMMANDS.some((name) => topic === topicOf(place, name));
}

/** SAFETY: commands carry tokens, so only the robot reads them, whatever somebody has subscribed to. */
export function mayRead({ place }: BrokerAccounts, role: Role, topic: string): boolean {
  return role === "robot" || !COMMANDS.some((name) => topic === topicOf(place, name));
}
