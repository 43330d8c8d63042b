/** Who may do what at the embedded broker: robots tell, commanders command, and nobody reads another's secrets. */
import { sameSecret } from "../../core/secret.ts";
import type { Commanders } from "./authority.ts";
import { type CommandTopic, isAnswerTopic, type Place, TOPICS, type TopicName, topicOf } from "./topics.ts";

/** A robot with its user name and password. */
export interface RobotAccount {
  readonly place: Place;
  readonly name: string;
  readonly password: string;
}

export interface BrokerAccounts {
  readonly robots: readonly RobotAccount[];
  /** User names; the password is the token. */
  readonly commanders: Commanders;
}

export type Role = { readonly kind: "robot"; readonly place: Place } | { readonly kind: "commander" };

/** Null for a stranger. */
export function roleOf({ robots, commanders }: BrokerAccounts, name: string, password: string): Role | null {
  const robot = robots.find((each) => each.name === name);
  if (robot) return sameSecret(password, robot.password) ? { kind: "robot", place: robot.place } : null;
  const token = Object.hasOwn(commanders, name) ? commanders[name]?.token : null;
  return token != null && sameSecret(password, token) ? { kind: "commander" } : null;
}

const COMMANDS: readonly CommandTopic[] = ["order", "instantActions"];

const names = Object.keys(TOPICS) as TopicName[];

/** A robot writes what is the robot's, a commander what is the fleet's, and a command is never kept. */
export function mayPublish(accounts: BrokerAccounts, role: Role, topic: string, retain: boolean): boolean {
  if (role.kind === "commander") return !retain && addressee(accounts, topic) !== null;
  const { place } = role;
  return isAnswerTopic(place, topic) || names.some((name) => TOPICS[name].writer === "robot" && topic === topicOf(place, name));
}

/** SAFETY: commands carry tokens, so only their robot reads them, whatever somebody has subscribed to. */
export function mayRead(accounts: BrokerAccounts, role: Role, topic: string): boolean {
  const robot = addressee(accounts, topic);
  return robot === null || (role.kind === "robot" && role.place.robot === robot.place.robot);
}

/** The robot that a command goes to. */
const addressee = ({ robots }: BrokerAccounts, topic: string): RobotAccount | null =>
  robots.find(({ place }) => COMMANDS.some((name) => topic === topicOf(place, name))) ?? null;
